import Access
import Crypto
import Foundation
import Kernel
import Messages
import Messaging
import Postgres
import TestKit
import Testing

@Suite("Tokens sent with commands", .serialized)
struct TokenDeliveryTests {
    @Test("QUAN-09: a command is handled for the person its token names; with a missing, forged or expired token it is refused")
    func verified() async throws {
        try await AccessStage.with { stage in
            let signer = TokenSigner(Curve25519.Signing.PrivateKey())
            let good = try signer.token(TokenBench.claims(issued: Date()))
            // Sent before its key has arrived: it waits and is then handled.
            let early = try await stage.ask("early", token: good)
            try await eventually("the partition waits") {
                stage.keyholder.runtime.health.problems.values.contains { $0.contains("has not arrived from identity") }
            }
            try await stage.publish(signer.published(notBefore: Date().addingTimeInterval(-60)))
            let done = try #require(try await stage.asker.runtime.requests.outcome(of: early, within: .seconds(60)))
            #expect(done.refusal == nil && done.result?.contains("p-1") == true)

            let expired = try signer.token(TokenBench.claims(issued: Date().addingTimeInterval(-901)))
            let forged = String(good.dropLast(8)) + "AAAAAAAA"
            for (name, token, fault) in [
                ("none", nil, TokenFault.missing), ("old", expired, .expired), ("forged", forged, .forged),
                ("text", "not a token", .notAToken),
            ] {
                let refusal = try await stage.outcome(name, token: token).refusal
                #expect(refusal == fault.refusal)
            }
            try await stage.seesNoToken(good)
        }
    }

    @Test("an office that was stored with a name of any form stops no command and no request: names are never parsed when they are read")
    func oddOffice() async throws {
        try await AccessStage.with { stage in
            let signer = TokenSigner(Curve25519.Signing.PrivateKey())
            let token = try signer.token(TokenBench.claims(issued: Date()))
            try await stage.publish(signer.published(notBefore: Date().addingTimeInterval(-60)))
            for (place, programme) in ["", "a/b=c,d", "🈴", String(repeating: "x", count: 200)].enumerated() {
                _ = try await stage.keyholder.pool.withConnection { connection in
                    try await connection.query(
                        PostgresStatement("test.office", "insert into office values ($1, $2, gen_random_uuid()) returning 1"), programme,
                        "public,officer=\(place)")
                }
                #expect(try await stage.outcome("odd \(place)", token: token).refusal == nil)
            }
        }
    }

    @Test("tokens of a revoked key are refused from the revocation on; an event with a malformed key is parked")
    func revoked() async throws {
        try await AccessStage.with { stage in
            let signer = TokenSigner(Curve25519.Signing.PrivateKey())
            let token = try signer.token(TokenBench.claims(issued: Date()))
            let from = Date().addingTimeInterval(-60)
            try await stage.publish(signer.published(notBefore: from))
            #expect(try await stage.outcome("before", token: token).refusal == nil)
            try await stage.publish(signer.published(notBefore: from, revokedAt: Date()))
            try await eventually("the revocation has arrived") {
                try await stage.keyholder.number("select count(*) from verification_key where revoked_at is not null") == 1
            }
            #expect(try await stage.outcome("after", token: token).refusal == TokenFault.keyNotInUse.refusal)

            // Its id is not its thumbprint, so it cannot be read.
            try await stage.publish(KeyPublished(keyID: "k", publicKey: Data([1, 2, 3]), notBefore: from))
            // Republished events may be held behind it, so only the head is counted.
            try await eventually("it is parked") { try await stage.keyholder.number("select count(*) from parked where is_head") == 1 }
        }
    }
}

extension AccessStage {
    /// Looks for a token in every table of the receiving and the sending service. The sender's outbox keeps it until the answer is
    /// recorded.
    fileprivate func seesNoToken(_ token: String) async throws {
        #expect(try await Self.tables(in: keyholder.pool, holding: token) == [])
        try await eventually("the sender's outbox has deleted it") { try await Self.tables(in: asker.pool, holding: token) == [] }
    }

    private static func tables(in pool: PostgresPool, holding token: String) async throws -> [String] {
        try await pool.withConnection { connection in
            let names = try await connection.query(
                PostgresStatement("test.tables", "select tablename::text from pg_tables where schemaname = 'public'")
            ).decode(String.self)
            var holding: [String] = []
            for name in names {
                let rows = try await connection.query(
                    PostgresStatement("test.token.\(name)", "select 1 from \(name) t where t::text like '%' || $1::text || '%'"), token)
                if !rows.isEmpty { holding.append(name) }
            }
            return holding
        }
    }
}
