import Foundation
import ISO20022
import Kernel
import Messages
import Messaging
import PayoutDomain
import ServiceHost
import Synchronization
import TestKit
import Testing

@testable import BankSimulator
@testable import Payout

@Suite("Payments through a correct and a faulty bank")
struct BankBehaviourTests {
    @Test(
        "BJ26-42: an approved disbursement is paid once under every behaviour of the bank",
        arguments: [Behaviour.accept, .delay, .twice, .late, .lose])
    func paidOnce(behaviour: Behaviour) async throws {
        try await PayoutFixture.with { fixture in
            let bank = try await TestBank(shares: Shares([behaviour: 10_000]))
            try await fixture.approve(try await fixture.open(3))
            let bankClient = try BankClient(fixture, url: bank.url)
            try await bankClient.run(until: "all are paid") { try await fixture.count("paid") == 3 }
            // Further answers of the bank must have no effect.
            try await eventually("the list of answers is read to its end") { (try? await bankClient.answerReader.readPage()) == 0 }
            let statement = try await bank.bank.statement(account: "x")
            #expect(statement.bookings.count == 3 && Set(statement.bookings.map(\.endToEndID)).count == 3)
            #expect(try await fixture.payout.number("select count(*) from instruction where state = 'booked'") == 3)
            #expect(try await fixture.payout.number("select count(*) from disbursement where alarm is not null") == 0)
            #expect(try await bankClient.fetcher.reconcile().findings.isEmpty)
            await bank.stop()
        }
    }

    @Test("a slow exchange about one instruction does not delay the others")
    func slowOne() async throws {
        try await PayoutFixture.with { fixture in
            let bank = try await TestBank()
            try await fixture.approve(try await fixture.open(24))
            let hasSlow = Atomic(false)
            let bankClient = try BankClient(fixture, url: bank.url) { point in
                guard point == .claimed, !hasSlow.exchange(true, ordering: .relaxed) else { return }
                try await Task.sleep(for: .seconds(120))
            }
            try await bankClient.run(until: "all the others are paid") { try await fixture.count("paid") == 23 }
            await bank.stop()
        }
    }

    @Test("BJ26-42: a rejected payment can be retried once with a new instruction")
    func rejectedAndRetried() async throws {
        try await PayoutFixture.with { fixture in
            let bank = try await TestBank(shares: Shares([.reject: 10_000]))
            let disbursement = try await fixture.open(1)[0]
            try await fixture.approve([disbursement])
            let bankClient = try BankClient(fixture, url: bank.url)
            try await bankClient.run(until: "it is rejected") { try await fixture.count("rejected") == 1 }
            await bank.bank.control(Bank.Control(shares: [:]))
            let retry = DecidePayout(subject: .disbursement(id: disbursement), decision: .retry, reason: "户名已更正")
            #expect(try await fixture.ask(retry, by: Samples.wang).refusal == nil)
            #expect(try await fixture.ask(retry, by: Samples.wang).refusal?.clauses == ["QUAN-15", "BJ26-42"])
            try await bankClient.run(until: "it is paid") { try await fixture.count("paid") == 1 }
            #expect(try await fixture.payout.number("select count(*) from instruction") == 2)
            #expect(try await bank.bank.statement(account: "x").bookings.count == 1)
            await bank.stop()
        }
    }

    @Test("a booking after a rejection raises an alarm and is found by reconciliation")
    func contradiction() async throws {
        try await PayoutFixture.with { fixture in
            let bank = try await TestBank(shares: Shares([.contradict: 10_000]))
            let disbursement = try await fixture.open(1)[0]
            try await fixture.approve([disbursement])
            let bankClient = try BankClient(fixture, url: bank.url)
            // The rejection must be applied first; otherwise it is another alarm.
            try await eventually("the payment is rejected") {
                _ = try await bankClient.sender.sendDue()
                return try await fixture.count("rejected") == 1
            }
            try await bankClient.run(until: "the alarm is raised") {
                try await fixture.payout.number("select count(*) from disbursement where alarm = 'booked-after-rejected'") == 1
            }
            let retry = DecidePayout(subject: .disbursement(id: disbursement), decision: .retry, reason: "再付")
            #expect(try await fixture.ask(retry, by: Samples.wang).refusal?.clauses == ["QUAN-15", "BJ26-42"])
            #expect(try await bankClient.fetcher.reconcile().findings.map(\.kind) == [.notHere])
            #expect(try await bank.bank.statement(account: "x").bookings.count == 1)
            await bank.stop()
        }
    }

    @Test("a booking of another amount raises an alarm, and reconciliation names both amounts")
    func otherAmount() async throws {
        try await PayoutFixture.with { fixture in
            let bank = try await TestBank(shares: Shares([.misbook: 10_000]))
            try await fixture.approve(try await fixture.open(1))
            let bankClient = try BankClient(fixture, url: bank.url)
            try await bankClient.run(until: "the alarm is raised") {
                try await fixture.payout.number("select count(*) from disbursement where alarm = 'amount-differs'") == 1
            }
            let findings = try await bankClient.fetcher.reconcile().findings
            #expect(findings.map(\.kind) == [.amountDiffers] && findings.first?.bankFen == Fen(3_000_001))
            await bank.stop()
        }
    }

    @Test("while the bank is unavailable payments wait and readiness fails; afterwards each is made once")
    func unavailable() async throws {
        try await PayoutFixture.with { fixture in
            let bank = try await TestBank()
            try await fixture.approve(try await fixture.open(2))
            let bankClient = try BankClient(fixture, url: bank.url)
            await bank.bank.control(Bank.Control(awaySeconds: 3600))
            try await bankClient.run(until: "the circuit is open") { bankClient.sender.circuitBreaker.health != .well }
            #expect(try await fixture.count("paid") == 0)
            await bank.bank.control(Bank.Control(awaySeconds: 0))
            try await bankClient.run(until: "all are paid") { try await fixture.count("paid") == 2 }
            #expect(bankClient.sender.circuitBreaker.health == .well)
            #expect(try await bank.bank.statement(account: "x").bookings.count == 2)
            await bank.stop()
        }
    }

    @Test(
        "with all bank behaviours and two senders that crash at random, no disbursement is paid twice or lost")
    func storm() async throws {
        try await PayoutFixture.with { fixture in
            let bank = try await TestBank(
                shares: Shares([.reject: 1500, .delay: 1500, .twice: 1500, .late: 500, .lose: 500]), seed: 42)
            try await fixture.approve(try await fixture.open(60))
            let crashes = CrashInjector(percent: 25, seed: 7)
            let first = try BankClient(fixture, url: bank.url, faults: { try await crashes.crashAtRandom(at: $0) })
            let second = try BankClient(fixture, url: bank.url, faults: { try await crashes.crashAtRandom(at: $0) })
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await second.sender.run() }
                defer { group.cancelAll() }
                try await first.run(until: "all are decided", within: .seconds(120)) {
                    try await fixture.payout.number("select count(*) from disbursement where state in ('paid', 'rejected')") == 60
                }
            }
            #expect(await crashes.count > 0)
            let booked = try await bank.bank.statement(account: "x").bookings
            #expect(Set(booked.map(\.endToEndID)).count == booked.count)
            #expect(try await fixture.count("paid") == Int64(booked.count))
            #expect(try await fixture.payout.number("select count(*) from disbursement where alarm is not null") == 0)
            #expect(try await first.fetcher.reconcile().findings.isEmpty)
            await bank.stop()
        }
    }
}

/// A simulated crash of a sender.
struct SimulatedCrash: Error {}

/// Throws simulated crashes at random.
actor CrashInjector {
    private var random: SplitMix64
    private let percent: Int
    private(set) var count = 0

    init(percent: Int, seed: UInt64) {
        self.percent = percent
        random = SplitMix64(seed: seed)
    }

    func crashAtRandom(at point: BankFaultPoint) throws {
        guard Int.random(in: 0..<100, using: &random) < percent else { return }
        count += 1
        throw SimulatedCrash()
    }
}
