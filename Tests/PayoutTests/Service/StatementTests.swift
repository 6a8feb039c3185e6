import Foundation
import ISO20022
import Kernel
import Messages
import Messaging
import PayoutDomain
import Postgres
import ServiceHost
import TestKit
import Testing

@testable import BankSimulator
@testable import Payout

@Suite("The bank's statement, believed as far as it goes")
struct StatementTests {
    private func reconciled(_ stage: PayoutStage) async throws -> PayoutsReconciled {
        let answer = try await stage.ask(ReconcilePayouts(), by: City.wang)
        return try MessageBody.decode(PayoutsReconciled.self, from: Array((answer.result ?? "").utf8))
    }

    @Test("BJ26-47: money that the bank gave back is found and held until people have recorded it; then the books agree")
    func givenBack() async throws {
        try await PayoutStage.with { stage in
            let bank = try await TestBank(shares: Shares([.giveBack: 10_000]))
            let disbursement = try await stage.open(1)[0]
            try await stage.approve([disbursement])
            let carrier = try Carrier(stage, url: bank.url)
            try await carrier.until("it is paid") { try await stage.count("paid") == 1 }
            let found = try await carrier.keeper.round().findings
            #expect(found.map(\.kind) == [.returned] && found.first?.bankFen == Fen(3_000_000) && found.first?.oursFen == Fen(3_000_000))
            #expect(try await stage.payout.number("select count(*) from disbursement where alarm = 'returned-by-bank'") == 1)
            #expect(try await stage.payout.number("select count(*) from audit where type = 'payout.returned-by-bank'") == 1)
            #expect(try await reconciled(stage).findings.map(\.kind) == [.returned])

            let demand = DecidePayout(subject: .disbursement(id: disbursement), decision: .demand, reason: "银行退回")
            #expect(try await stage.ask(demand, by: City.wang).refusal == nil)
            let reference = try #require(found.first?.bankReference)
            let receive = DecidePayout(
                subject: .disbursement(id: disbursement), decision: .receive, amountFen: Fen(3_000_000), bankReference: reference)
            #expect(try await stage.ask(receive, by: City.wang).refusal == nil)
            #expect(try await stage.count("returned") == 1)
            #expect(try await carrier.keeper.round().findings.isEmpty)
            #expect(try await stage.payout.number("select count(*) from disbursement where alarm is not null") == 0)
            await bank.stop()
        }
    }

    @Test("an alarm that people have lifted is not raised again by the same finding")
    func raisedOnce() async throws {
        try await PayoutStage.with { stage in
            let bank = try await TestBank(shares: Shares([.giveBack: 10_000]))
            try await stage.approve(try await stage.open(1))
            let carrier = try Carrier(stage, url: bank.url)
            try await carrier.until("it is paid") { try await stage.count("paid") == 1 }
            try await carrier.keeper.round()
            try await execute(stage, "update disbursement set alarm = null")
            #expect(try await carrier.keeper.round().findings.map(\.kind) == [.returned])
            #expect(try await stage.payout.number("select count(*) from disbursement where alarm is not null") == 0)
            await bank.stop()
        }
    }

    @Test(
        "a statement that is not understood is refused as a whole (QUAN-37): nothing older counts, readiness says where, a good one mends it"
    )
    func refused() async throws {
        try await PayoutStage.with { stage in
            let bank = try await TestBank()
            try await stage.approve(try await stage.open(2))
            let carrier = try Carrier(stage, url: bank.url)
            try await carrier.until("all are paid") { try await stage.count("paid") == 2 }
            try await carrier.keeper.round()
            #expect(try await reconciled(stage).findings.isEmpty)
            #expect(await readiness(stage) == .well)

            let good = try await bank.bank.statement(account: "0200000000000000000").document
            for bad in [
                good.replacing("<CdtDbtInd>DBIT</CdtDbtInd><Sts>", with: "<Sts>"), good.replacing("CNY", with: "USD"), good + "x",
                "<html/>",
                good.replacing("0200000000000000000", with: "0200000000000000001"),
            ] {
                await bank.bank.control(Bank.Control(statement: bad))
                await #expect(throws: XMLFault.self) { try await carrier.keeper.round() }
                let refusal = try #require(try await stage.ask(ReconcilePayouts(), by: City.wang).refusal)
                #expect(refusal.clauses == ["QUAN-37"])
                #expect(refusal.numbers.map(\.name) == ["statement", "place"])
                guard case .unwell(let reason) = await readiness(stage) else {
                    Issue.record("readiness is well")
                    return
                }
                #expect(reason.contains("QUAN-37"))
            }
            await bank.bank.control(Bank.Control(statement: ""))
            try await carrier.keeper.round()
            #expect(try await reconciled(stage).findings.isEmpty)
            #expect(await readiness(stage) == .well)
            await bank.stop()
        }
    }

    @Test("a statement that cannot be fetched is told once the last one is too old to count as current, and not before")
    func unfetched() async throws {
        try await PayoutStage.with { stage in
            let bank = try await TestBank()
            let carrier = try Carrier(stage, url: bank.url)
            try await carrier.keeper.round()
            await bank.bank.control(Bank.Control(awaySeconds: 3600))
            await #expect(throws: BankUnreachable.self) { try await carrier.keeper.round() }
            #expect(try await stage.ask(ReconcilePayouts(), by: City.wang).refusal == nil)
            #expect(await readiness(stage) == .well)
            try await execute(stage, "update bank_statement set fetched_at = fetched_at - interval '1 hour'")
            #expect(try await stage.ask(ReconcilePayouts(), by: City.wang).refusal?.clauses == ["QUAN-15"])
            #expect(await readiness(stage) != .well)
            await bank.bank.control(Bank.Control(awaySeconds: 0))
            try await carrier.keeper.round()
            #expect(try await stage.ask(ReconcilePayouts(), by: City.wang).refusal == nil)
            #expect(await readiness(stage) == .well)
            await bank.stop()
        }
    }

    private func execute(_ stage: PayoutStage, _ sql: String) async throws {
        _ = try await stage.payout.pool.withConnection { try await $0.query(PostgresStatement("test.\(UUID().uuidString)", sql)) }
    }

    private func readiness(_ stage: PayoutStage) async -> HealthState {
        await StatementReadiness.state(stage.payout.pool, ageAtMost: .seconds(900))
    }
}
