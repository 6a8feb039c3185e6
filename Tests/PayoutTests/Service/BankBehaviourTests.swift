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

@Suite("Payments through a bank that behaves well and badly")
struct BankBehaviourTests {
    @Test(
        "BJ26-42: whatever the bank does with it, an approved disbursement is paid once",
        arguments: [Behaviour.accept, .delay, .twice, .late, .lose])
    func paidOnce(behaviour: Behaviour) async throws {
        try await PayoutStage.with { stage in
            let bank = try await TestBank(shares: Shares([behaviour: 10_000]))
            try await stage.approve(try await stage.open(3))
            let carrier = try Carrier(stage, url: bank.url)
            try await carrier.until("all are paid") { try await stage.count("paid") == 3 }
            // Whatever the bank still has to say is heard: nothing may come of it.
            try await eventually("the list of answers is read to its end") { (try? await carrier.feed.round()) == 0 }
            let statement = try await bank.bank.statement(account: "x")
            #expect(statement.bookings.count == 3 && Set(statement.bookings.map(\.endToEndID)).count == 3)
            #expect(try await stage.payout.number("select count(*) from instruction where state = 'booked'") == 3)
            #expect(try await stage.payout.number("select count(*) from disbursement where alarm is not null") == 0)
            #expect(try await carrier.keeper.round().findings.isEmpty)
            await bank.stop()
        }
    }

    @Test("an instruction that the bank is slow about holds up no other")
    func slowOne() async throws {
        try await PayoutStage.with { stage in
            let bank = try await TestBank()
            try await stage.approve(try await stage.open(24))
            let hasSlow = Atomic(false)
            let carrier = try Carrier(stage, url: bank.url) { point in
                guard point == .claimed, !hasSlow.exchange(true, ordering: .relaxed) else { return }
                try await Task.sleep(for: .seconds(120))
            }
            try await carrier.until("all the others are paid") { try await stage.count("paid") == 23 }
            await bank.stop()
        }
    }

    @Test("BJ26-42: what the bank rejects is paid by a new attempt under a new instruction, once it is rejected and mended")
    func rejectedAndRetried() async throws {
        try await PayoutStage.with { stage in
            let bank = try await TestBank(shares: Shares([.reject: 10_000]))
            let disbursement = try await stage.open(1)[0]
            try await stage.approve([disbursement])
            let carrier = try Carrier(stage, url: bank.url)
            try await carrier.until("it is rejected") { try await stage.count("rejected") == 1 }
            await bank.bank.control(Bank.Control(shares: [:]))
            let retry = DecidePayout(subject: .disbursement(id: disbursement), decision: .retry, reason: "户名已更正")
            #expect(try await stage.ask(retry, by: City.wang).refusal == nil)
            #expect(try await stage.ask(retry, by: City.wang).refusal?.clauses == ["QUAN-15", "BJ26-42"])
            try await carrier.until("it is paid") { try await stage.count("paid") == 1 }
            #expect(try await stage.payout.number("select count(*) from instruction") == 2)
            #expect(try await bank.bank.statement(account: "x").bookings.count == 1)
            await bank.stop()
        }
    }

    @Test("a bank that rejects and then books raises an alarm; the disbursement is held, and reconciling finds it")
    func contradiction() async throws {
        try await PayoutStage.with { stage in
            let bank = try await TestBank(shares: Shares([.contradict: 10_000]))
            let disbursement = try await stage.open(1)[0]
            try await stage.approve([disbursement])
            let carrier = try Carrier(stage, url: bank.url)
            // The rejection is heard first: the other way round it is another alarm.
            try await eventually("it is rejected") {
                _ = try await carrier.sender.round()
                return try await stage.count("rejected") == 1
            }
            try await carrier.until("the alarm is raised") {
                try await stage.payout.number("select count(*) from disbursement where alarm = 'booked-after-rejected'") == 1
            }
            let retry = DecidePayout(subject: .disbursement(id: disbursement), decision: .retry, reason: "再付")
            #expect(try await stage.ask(retry, by: City.wang).refusal?.clauses == ["QUAN-15", "BJ26-42"])
            #expect(try await carrier.keeper.round().findings.map(\.kind) == [.notHere])
            #expect(try await bank.bank.statement(account: "x").bookings.count == 1)
            await bank.stop()
        }
    }

    @Test("a bank that books another amount raises an alarm, and reconciling names both amounts")
    func otherAmount() async throws {
        try await PayoutStage.with { stage in
            let bank = try await TestBank(shares: Shares([.misbook: 10_000]))
            try await stage.approve(try await stage.open(1))
            let carrier = try Carrier(stage, url: bank.url)
            try await carrier.until("the alarm is raised") {
                try await stage.payout.number("select count(*) from disbursement where alarm = 'amount-differs'") == 1
            }
            let findings = try await carrier.keeper.round().findings
            #expect(findings.map(\.kind) == [.amountDiffers] && findings.first?.bankFen == Fen(3_000_001))
            await bank.stop()
        }
    }

    @Test("while the bank is away payments wait and the circuit is red; when it is back they are made, once")
    func away() async throws {
        try await PayoutStage.with { stage in
            let bank = try await TestBank()
            try await stage.approve(try await stage.open(2))
            let carrier = try Carrier(stage, url: bank.url)
            await bank.bank.control(Bank.Control(awaySeconds: 3600))
            try await carrier.until("the circuit is red") { carrier.sender.circuit.health != .well }
            #expect(try await stage.count("paid") == 0)
            await bank.bank.control(Bank.Control(awaySeconds: 0))
            try await carrier.until("all are paid") { try await stage.count("paid") == 2 }
            #expect(carrier.sender.circuit.health == .well)
            #expect(try await bank.bank.statement(account: "x").bookings.count == 2)
            await bank.stop()
        }
    }

    @Test(
        "many disbursements at a bank of all behaviours, with senders that die at random and two at a time: none is paid twice, none lost")
    func storm() async throws {
        try await PayoutStage.with { stage in
            let bank = try await TestBank(
                shares: Shares([.reject: 1500, .delay: 1500, .twice: 1500, .late: 500, .lose: 500]), seed: 42)
            try await stage.approve(try await stage.open(60))
            let deaths = Deaths(percent: 25, seed: 7)
            let first = try Carrier(stage, url: bank.url, faults: { try await deaths.perhaps(at: $0) })
            let second = try Carrier(stage, url: bank.url, faults: { try await deaths.perhaps(at: $0) })
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await second.sender.run() }
                defer { group.cancelAll() }
                try await first.until("all are decided", within: .seconds(120)) {
                    try await stage.payout.number("select count(*) from disbursement where state in ('paid', 'rejected')") == 60
                }
            }
            #expect(await deaths.count > 0)
            let booked = try await bank.bank.statement(account: "x").bookings
            #expect(Set(booked.map(\.endToEndID)).count == booked.count)
            #expect(try await stage.count("paid") == Int64(booked.count))
            #expect(try await stage.payout.number("select count(*) from disbursement where alarm is not null") == 0)
            #expect(try await first.keeper.round().findings.isEmpty)
            await bank.stop()
        }
    }
}

/// A sender dies here.
struct Death: Error {}

/// Deaths at random.
actor Deaths {
    private var random: Seeded
    private let percent: Int
    private(set) var count = 0

    init(percent: Int, seed: UInt64) {
        self.percent = percent
        random = Seeded(seed)
    }

    func perhaps(at point: BankFaultPoint) throws {
        guard Int.random(in: 0..<100, using: &random) < percent else { return }
        count += 1
        throw Death()
    }
}
