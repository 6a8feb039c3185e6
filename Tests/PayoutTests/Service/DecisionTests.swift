import Foundation
import ISO20022
import Kernel
import Messages
import Messaging
import Postgres
import TestKit
import Testing

@testable import BankSimulator
@testable import Payout
@testable import PayoutDomain

@Suite("Decisions on disbursements")
struct DecisionTests {
    @Test("BJ26-42: a batch is approved as a whole by a second person, not by the person who batched")
    func approval() async throws {
        try await PayoutFixture.with { fixture in
            _ = try await fixture.open(3)
            let batched = try await fixture.ask(BatchPayouts(programmeID: "beijing-2026"), by: Samples.wang)
            let batch = try JSONDecoder().decode(BatchPayoutsHandler.Batch.self, from: Data((batched.result ?? "").utf8))
            #expect(batch.count == 3 && batch.totalFen == Fen(9_000_000) && batch.batchID == batched.commandID)
            let approve = DecidePayout(subject: .batch(id: batch.batchID), decision: .approve)
            #expect(try await fixture.ask(approve, by: Samples.wang).refusal?.clauses == ["QUAN-10", "BJ26-42"])
            #expect(try await fixture.payout.number("select count(*) from instruction") == 0)
            #expect(try await fixture.ask(approve, by: Samples.supplier).refusal?.clauses == ["QUAN-10", "BJ26-42"])
            #expect(try await fixture.ask(approve, by: Samples.zhao).refusal == nil)
            #expect(try await fixture.payout.number("select count(*) from instruction where state = 'to-send'") == 3)
            #expect(try await fixture.ask(approve, by: Samples.zhao).refusal?.clauses == ["QUAN-15", "BJ26-42"])
            #expect(try await fixture.ask(BatchPayouts(programmeID: "beijing-2026"), by: Samples.wang).refusal?.clauses == ["QUAN-15"])
        }
    }

    @Test("BJ26-42: without a registered account a named disbursement is refused, and a batch of all due ones leaves it out")
    func withoutPayee() async throws {
        try await PayoutFixture.with(isPayeeKnown: false) { fixture in
            let open = try await fixture.open(1)
            let named = try await fixture.ask(BatchPayouts(programmeID: "beijing-2026", disbursementIDs: open), by: Samples.wang)
            #expect(named.refusal?.clauses == ["QUAN-15", "BJ26-42"])
            let all = try await fixture.ask(BatchPayouts(programmeID: "beijing-2026"), by: Samples.wang)
            #expect(all.refusal?.numbers.contains { $0.name == "withoutPayee" && $0.value == .integer(1) } == true)

            func register(_ institution: UUID, sealedFor context: UUID, by actor: PayoutDomain.Actor) async throws -> Outcome {
                let account = try SealedField.seal(
                    "6222020200112233445", for: fixture.cipher.publicKey, keyID: fixture.cipher.keyID,
                    context: RegisterPayee.context(of: context)
                )
                return try await fixture.ask(
                    RegisterPayee(institutionID: institution, accountName: "北京数智服务有限公司", bankCode: "102100099996", account: account),
                    by: actor)
            }
            let stranger = Actor(person: "x", organisation: UUID(), roles: ["institution"])
            #expect(try await register(Samples.institution, sealedFor: Samples.institution, by: stranger).refusal?.clauses == ["QUAN-10"])
            #expect(try await register(Samples.institution, sealedFor: UUID(), by: Samples.supplier).refusal?.clauses == ["QUAN-01"])
            let done = try await register(Samples.institution, sealedFor: Samples.institution, by: Samples.supplier)
            #expect(done.refusal == nil && done.result?.contains("***3445") == true)
            #expect(
                try await fixture.ask(BatchPayouts(programmeID: "beijing-2026", disbursementIDs: open), by: Samples.wang).refusal == nil)
        }
    }

    @Test("an account number is in plain text in no table of payout or portal and in no message")
    func secrecy() async throws {
        try await PayoutFixture.with(isPayeeKnown: false) { fixture in
            let account = try SealedField.seal(
                "6222020200112233445", for: fixture.cipher.publicKey, keyID: fixture.cipher.keyID,
                context: RegisterPayee.context(of: Samples.institution))
            let command = RegisterPayee(
                institutionID: Samples.institution, accountName: "北京数智服务有限公司", bankCode: "102100099996", account: account)
            #expect(try await fixture.ask(command, by: Samples.supplier).refusal == nil)
            try await fixture.approve(try await fixture.open(1))
            for pool in [fixture.payout.pool, fixture.portal.pool] {
                let dump = try await DatabaseDump.text(of: pool)
                #expect(dump.contains("北京数智服务有限公司"))
                #expect(!dump.contains("6222020200112233445"))
            }
        }
    }

    @Test("BJ26-47: a refund is reported after payment, the funds are received, and ordering is sent the settlement")
    func refund() async throws {
        try await PayoutFixture.with { fixture in
            let bank = try await TestBank()
            let id = try await fixture.open(1)[0]
            func report() async throws -> Outcome {
                try await fixture.ask(
                    DecidePayout(subject: .disbursement(id: id), decision: .reportRefund, reason: "部分退款", amountFen: Fen(1000)),
                    by: Samples.supplier)
            }
            func receive(_ amount: Int64, _ reference: String) async throws -> Refusal? {
                try await fixture.ask(
                    DecidePayout(
                        subject: .disbursement(id: id), decision: .receive, amountFen: Fen(amount), bankReference: reference),
                    by: Samples.wang
                ).refusal
            }
            #expect(try await report().refusal?.clauses == ["QUAN-15", "BJ26-47"])
            try await fixture.approve([id])
            try await BankClient(fixture, url: bank.url).run(until: "it is paid") { try await fixture.count("paid") == 1 }
            #expect(try await report().refusal == nil)
            #expect(try await receive(400, "IN1") == nil)
            #expect(try await receive(600, " in1 ")?.clauses == ["QUAN-42", "BJ26-47"])
            #expect(try await receive(600, "IN2") == nil)
            #expect(try await fixture.count("returned") == 1)
            let sent = try await fixture.payout.pool.withConnection { connection in
                try await connection.query(
                    PostgresStatement("test.sent", "select convert_from(body, 'UTF8') from outbox where type = 'ordering.settle-order.v1'")
                ).decode(String.self)
            }
            #expect(sent.count == 2 && sent.allSatisfy { $0.contains("payout.receive") })
            #expect(sent.contains { $0.contains("\"amountFen\":400") } && sent.contains { $0.contains("\"amountFen\":600") })
            await bank.stop()
        }
    }

    @Test("an officer or quan can reconcile; the answer holds the findings")
    func reconcile() async throws {
        try await PayoutFixture.with { fixture in
            let bank = try await TestBank()
            #expect(try await fixture.ask(ReconcilePayouts(), by: Samples.wang).refusal?.clauses == ["QUAN-15"])
            try await fixture.approve(try await fixture.open(2))
            let bankClient = try BankClient(fixture, url: bank.url)
            try await bankClient.run(until: "all are paid") { try await fixture.count("paid") == 2 }
            try await bankClient.fetcher.reconcile()
            let answer = try await fixture.ask(ReconcilePayouts(), by: Samples.wang)
            let result = try MessageBody.decode(PayoutsReconciled.self, from: Array((answer.result ?? "").utf8))
            #expect(result.findings.isEmpty && result.paidCount == 2 && result.bookedFen == Fen(6_000_000))
            #expect(try await fixture.ask(ReconcilePayouts(), by: Samples.supplier).refusal?.clauses == ["QUAN-10"])
            #expect(try await fixture.payout.number("select count(*) from audit where type = 'payout.bank-answer'") == 2)
            await bank.stop()
        }
    }
}

/// The contents of all tables as text.
enum DatabaseDump {
    static func text(of pool: PostgresPool) async throws -> String {
        try await pool.withConnection { connection in
            let tables = try await connection.query(
                PostgresStatement("test.tables", "select table_name::text from information_schema.tables where table_schema = 'public'")
            ).decode(String.self)
            var text = ""
            for table in tables {
                let rows = try await connection.query(
                    PostgresStatement(
                        "test.dump.\(table)",
                        "select coalesce(string_agg(t::text, ' '), '') from \(table) t")
                ).decode(String.self)
                text += rows.joined()
            }
            // Bytes are printed in hexadecimal; decode them to text too.
            return text + Self.unhexed(text)
        }
    }

    private static func unhexed(_ text: String) -> String {
        text.matches(of: /\\x((?:[0-9a-f]{2})+)/).map { match in
            let digits = Array(match.1.utf8)
            let bytes = stride(from: 0, to: digits.count, by: 2).compactMap {
                UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16)
            }
            return String(decoding: bytes, as: UTF8.self)
        }.joined(separator: " ")
    }
}
