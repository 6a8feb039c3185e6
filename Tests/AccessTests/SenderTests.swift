import Access
import Crypto
import Foundation
import Kernel
import Messages
import Messaging
import Postgres
import Synchronization
import TestKit
import Testing

/// A service whose only command is for enterprises, and which records the commands it loads rows for.
private struct TakeTurn: Command {
    static let type = MessageType("guarded", "take-turn")
    let name: String
}

private struct TurnRows: HasAccessRows {
    static let loaded = Mutex<[String]>([])

    var access = AccessRows()
    var wanted: [String] = []

    mutating func load(_ connection: PostgresConnection) async throws {
        try await access.load(connection)
        Self.loaded.withLock { $0 += wanted }
    }
    func writes() -> [PostgresStep] { access.writes() }
}

private struct TakeTurnHandler: AuthorisesSender {
    /// The permitted roles. As with a programme, the process does not know them before they are set.
    static let roles = Mutex<Set<String>>([])

    func authorise(_ input: TakeTurn, as principal: Principal) throws(Refusal) {
        guard Self.roles.withLock({ !$0.isDisjoint(with: principal.roles) }) else { throw PlatformRule.notPermitted.refusal() }
    }

    func requestRows(for input: TakeTurn, in rows: inout TurnRows) { rows.wanted.append(input.name) }

    func handle(_ input: TakeTurn, context: HandlingContext, rows: inout TurnRows, output: inout HandlerOutput) throws {
        try output.answer(try sender(of: input, context, in: rows).person)
    }
}

@Suite("Authorisation of senders", .serialized)
struct SenderTests {
    @Test("QUAN-10: a sender without a permitted role is refused before a row is loaded for the command; a permitted sender is served")
    func roleBeforeRows() async throws {
        TakeTurnHandler.roles.withLock { $0 = ["enterprise"] }
        try await MessagingFixture.with(services: ["identity", "guarded", "asker"]) { stage in
            let signer = TokenSigner(Curve25519.Signing.PrivateKey())
            let pool = try await stage.database("guarded", tables: AccessMigrations.sql)
            let guarded = try stage.start(
                HandlerRegistry(service: "guarded", rows: TurnRows.self, commandsFrom: ["asker"]) { Handles(TakeTurnHandler()) }, on: pool)
            try await guarded.runtime.publisher.transaction("test.seed", at: Date()) { connection, _ in
                var rows = TurnRows()
                try rows.access.record(signer.published(notBefore: Date(timeIntervalSinceNow: -60)))
                try rows.save(connection)
            }
            let asker = try stage.start(
                HandlerRegistry(service: "asker", rows: NoRows.self, asks: ["guarded"]) {}, on: try await stage.database("asker"))
            func outcome(_ name: String, _ role: String) async throws -> Outcome {
                let claims = TokenClaims(
                    principal: Principal(person: "p-1", organisation: UUID(), roles: [role]), issuedAt: Date(),
                    expiresAt: Date(timeIntervalSinceNow: 900), tokenID: UUID())
                let id = try await asker.runtime.requests.accept(
                    TakeTurn(name: name), key: name,
                    from: Requests.Caller(
                        organisation: "org", operation: "turn", idempotencyKey: name, bodyHash: ContentHash(of: Array(name.utf8)),
                        receivedAt: Date(), token: try signer.token(claims)))
                return try #require(try await asker.runtime.requests.outcome(of: id, within: .seconds(60)))
            }
            // The process has not read the key yet, so the first command is authorised with its rows.
            #expect(try await outcome("first", "public").refusal?.clauses == ["QUAN-10"])
            #expect(try await outcome("second", "public").refusal?.clauses == ["QUAN-10"])
            #expect(try await outcome("third", "enterprise").result == "\"p-1\"")
            #expect(!TurnRows.loaded.withLock { $0.contains("second") })
            #expect(TurnRows.loaded.withLock { $0.contains("third") })
            let audited = try await guarded.number("select count(*) from audit where outcome = 'refused'")
            #expect(audited == 2)
        }
    }
}
