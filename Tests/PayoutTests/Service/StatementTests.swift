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

@Suite("Reconciliation with the bank's statement")
struct StatementTests {
    private func reconciled(_ fixture: PayoutFixture) async throws -> PayoutsReconciled {
        let answer = try await fixture.ask(ReconcilePayouts(), by: Samples.wang)
        return try MessageBody.decode(PayoutsReconciled.self, from: Array((answer.result ?? "").utf8))
    }

    @Test("BJ26-47: a payment returned by the bank raises an alarm until the funds are recorded; then the books agree")
    func givenBack() async throws {
        try await PayoutFixture.with { fixture in
            let bank = try await TestBank(shares: Shares([.giveBack: 10_000]))
            let disbursement = try await fixture.open(1)[0]
            try await fixture.approve([disbursement])
            let bankClient = try BankClient(fixture, url: bank.url)
            try await bankClient.run(until: "it is paid") { try await fixture.count("paid") == 1 }
            let found = try await bankClient.fetcher.reconcile().findings
            #expect(found.map(\.kind) == [.returned] && found.first?.bankFen == Fen(3_000_000) && found.first?.oursFen == Fen(3_000_000))
            #expect(try await fixture.payout.number("select count(*) from disbursement where alarm = 'returned-by-bank'") == 1)
            #expect(try await fixture.payout.number("select count(*) from audit where type = 'payout.returned-by-bank'") == 1)
            #expect(try await reconciled(fixture).findings.map(\.kind) == [.returned])

            let demand = DecidePayout(subject: .disbursement(id: disbursement), decision: .demand, reason: "银行退回")
            #expect(try await fixture.ask(demand, by: Samples.wang).refusal == nil)
            let reference = try #require(found.first?.bankReference)
            let receive = DecidePayout(
                subject: .disbursement(id: disbursement), decision: .receive, amountFen: Fen(3_000_000), bankReference: reference)
            #expect(try await fixture.ask(receive, by: Samples.wang).refusal == nil)
            #expect(try await fixture.count("returned") == 1)
            #expect(try await bankClient.fetcher.reconcile().findings.isEmpty)
            #expect(try await fixture.payout.number("select count(*) from disbursement where alarm is not null") == 0)
            await bank.stop()
        }
    }

    @Test("an alarm that was cleared is not raised again by the same finding")
    func raisedOnce() async throws {
        try await PayoutFixture.with { fixture in
            let bank = try await TestBank(shares: Shares([.giveBack: 10_000]))
            try await fixture.approve(try await fixture.open(1))
            let bankClient = try BankClient(fixture, url: bank.url)
            try await bankClient.run(until: "it is paid") { try await fixture.count("paid") == 1 }
            try await bankClient.fetcher.reconcile()
            try await execute(fixture, "update disbursement set alarm = null")
            #expect(try await bankClient.fetcher.reconcile().findings.map(\.kind) == [.returned])
            #expect(try await fixture.payout.number("select count(*) from disbursement where alarm is not null") == 0)
            await bank.stop()
        }
    }

    @Test(
        "an invalid statement is refused as a whole (QUAN-37): readiness fails and reconciliation is refused until a valid one is fetched"
    )
    func refused() async throws {
        try await PayoutFixture.with { fixture in
            let bank = try await TestBank()
            try await fixture.approve(try await fixture.open(2))
            let bankClient = try BankClient(fixture, url: bank.url)
            try await bankClient.run(until: "all are paid") { try await fixture.count("paid") == 2 }
            try await bankClient.fetcher.reconcile()
            #expect(try await reconciled(fixture).findings.isEmpty)
            #expect(await readiness(fixture) == .well)

            let good = try await bank.bank.statement(account: "0200000000000000000").document
            for bad in [
                good.replacing("<CdtDbtInd>DBIT</CdtDbtInd><Sts>", with: "<Sts>"), good.replacing("CNY", with: "USD"), good + "x",
                "<html/>",
                good.replacing("0200000000000000000", with: "0200000000000000001"),
            ] {
                await bank.bank.control(Bank.Control(statement: bad))
                await #expect(throws: XMLFault.self) { try await bankClient.fetcher.reconcile() }
                let refusal = try #require(try await fixture.ask(ReconcilePayouts(), by: Samples.wang).refusal)
                #expect(refusal.clauses == ["QUAN-37"])
                #expect(refusal.numbers.map(\.name) == ["statement", "place"])
                guard case .unwell(let reason) = await readiness(fixture) else {
                    Issue.record("readiness is well")
                    return
                }
                #expect(reason.contains("QUAN-37"))
            }
            await bank.bank.control(Bank.Control(statement: ""))
            try await bankClient.fetcher.reconcile()
            #expect(try await reconciled(fixture).findings.isEmpty)
            #expect(await readiness(fixture) == .well)
            await bank.stop()
        }
    }

    @Test("a missing statement fails readiness once the last one is too old, and not before")
    func unfetched() async throws {
        try await PayoutFixture.with { fixture in
            let bank = try await TestBank()
            let bankClient = try BankClient(fixture, url: bank.url)
            try await bankClient.fetcher.reconcile()
            await bank.bank.control(Bank.Control(awaySeconds: 3600))
            await #expect(throws: BankUnreachable.self) { try await bankClient.fetcher.reconcile() }
            #expect(try await fixture.ask(ReconcilePayouts(), by: Samples.wang).refusal == nil)
            #expect(await readiness(fixture) == .well)
            try await execute(fixture, "update bank_statement set fetched_at = fetched_at - interval '1 hour'")
            #expect(try await fixture.ask(ReconcilePayouts(), by: Samples.wang).refusal?.clauses == ["QUAN-15"])
            #expect(await readiness(fixture) != .well)
            await bank.bank.control(Bank.Control(awaySeconds: 0))
            try await bankClient.fetcher.reconcile()
            #expect(try await fixture.ask(ReconcilePayouts(), by: Samples.wang).refusal == nil)
            #expect(await readiness(fixture) == .well)
            await bank.stop()
        }
    }

    private func execute(_ fixture: PayoutFixture, _ sql: String) async throws {
        _ = try await fixture.payout.pool.withConnection { try await $0.query(PostgresStatement("test.\(UUID().uuidString)", sql)) }
    }

    private func readiness(_ fixture: PayoutFixture) async -> HealthState {
        await StatementReadiness.state(fixture.payout.pool, ageAtMost: .seconds(900))
    }
}
