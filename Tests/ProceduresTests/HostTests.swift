import Foundation
import Kernel
import Procedures
import Programme
import QuotaLedger
import Testing

/// The lending desk in three hosts: `desk` keeps loans, inspections, reviews and complaints, `till` keeps payments, and `vault` keeps the ledger.
@Suite("Several hosts")
struct HostTests {
    private static func platform(seed: UInt64? = nil) throws -> MemoryPlatform {
        MemoryPlatform(try LendingDesk.programme(), ledgerOwner: "vault", at: LendingDesk.start, seed: seed)
    }

    private static func slugs(_ outcome: Result<Transition, StepRefused>?) -> [String]? {
        switch outcome {
        case .success?: []
        case .failure(let refused)?: refused.refusals.map(\.slug)
        case nil: nil
        }
    }

    @Test("a reservation in another host's ledger waits for its answer, and the case begins with it")
    func reserve() throws {
        var platform = try Self.platform()
        let (loan, member) = (UUID(), LendingDesk.member())
        let command = platform.send(try LendingDesk.step("loan.request"), on: loan, LendingDesk.request(), by: member)
        #expect(platform.outcome(command) == nil && platform.subject(loan) == nil)
        platform.deliverAll()
        #expect(Self.slugs(platform.outcome(command)) == [] && platform.subject(loan)?.state == "requested")
        #expect(platform.ledger.total(.held, of: loan) == 2001 && platform.pendingCount == 0)
    }

    @Test("a cap that refuses in another host refuses the step with its own words, and nothing is left")
    func refuse() throws {
        var platform = try Self.platform()
        for (yuan, expected) in [(60, []), (41, ["cap-deposits-exhausted"]), (40, [])] as [(Int64, [String])] {
            let loan = UUID()
            let command = platform.send(
                try LendingDesk.step("loan.request"), on: loan, LendingDesk.request(yuan), by: LendingDesk.member())
            platform.deliverAll()
            #expect(Self.slugs(platform.outcome(command)) == expected)
            #expect((platform.subject(loan) == nil) == !expected.isEmpty)
        }
        #expect(platform.cases(of: "loan").count == 2 && platform.ledger.total(.held, of: "deposits") == 10_000)
    }

    @Test("while a step waits, another one of the same case is busy; afterwards it is possible")
    func busy() throws {
        var platform = try Self.platform()
        let (loan, member) = (UUID(), LendingDesk.member())
        platform.send(try LendingDesk.step("loan.request"), on: loan, LendingDesk.request(), by: member)
        let early = platform.send(try LendingDesk.step("loan.approve"), on: loan, by: LendingDesk.clerk())
        platform.deliverAll()
        #expect(Self.slugs(platform.outcome(early)) == ["state-does-not-allow"])
        let again = platform.send(try LendingDesk.step("loan.approve"), on: loan, by: LendingDesk.clerk())
        platform.deliverAll()
        #expect(Self.slugs(platform.outcome(again)) == [] && platform.subject(loan)?.state == "approved")
    }

    @Test("a case of another host begins when the copy of its parent says so")
    func begin() throws {
        var platform = try Self.platform()
        let loan = UUID()
        try platform.lend(loan)
        #expect(platform.cases(of: "payment").map(\.state) == ["checked"] && platform.cases(of: "payment").first?.parent == loan)
    }

    @Test("of the last item, two orders that race have one winner in each of 300 orders of messages")
    func lastItem() throws {
        var prepared = try Self.platform()
        try prepared.lend(UUID())
        var winners: Set<[Bool]> = []
        for seed in 0..<300 as Range<UInt64> {
            var platform = prepared
            platform.reseed(seed)
            let commands = try (0..<2).map { _ in
                platform.send(try LendingDesk.step("loan.request"), on: UUID(), LendingDesk.request(), by: LendingDesk.member())
            }
            platform.deliverAll()
            let succeeded = commands.map { Self.slugs(platform.outcome($0)) == [] }
            winners.insert(succeeded)
            #expect(succeeded.count(where: \.self) == 1 && platform.ledger.total(.held, of: "stock") == 2, "seed \(seed)")
        }
        #expect(winners == [[true, false], [false, true]])
    }

    @Test(
        "in random play over hosts no cap is exceeded, nothing stays pending, and final loans hold nothing",
        arguments: 0..<40 as Range<UInt64>)
    func random(seed: UInt64) throws {
        var platform = try Self.platform(seed: seed)
        var random = SplitMix64(seed: seed, stream: 1)
        var loans: [UUID] = []
        let member = LendingDesk.member()
        for _ in 0..<80 {
            switch random.next() % 9 {
            case 0, 1:
                loans.append(UUIDv5.make(namespace: LendingDesk.item, parts: ["\(seed)", "\(loans.count)"]))
                platform.send(
                    try LendingDesk.step("loan.request"), on: loans[loans.count - 1],
                    LendingDesk.request(Int64(random.next() % 70) + 1), by: member)
            case 2 where !loans.isEmpty: try send("loan.approve", LendingDesk.clerk(), &platform, &random, loans)
            case 3 where !loans.isEmpty: try send("loan.lend", LendingDesk.head(), &platform, &random, loans)
            case 4 where !loans.isEmpty: try send("loan.cancel", member, &platform, &random, loans, StepInput(reason: "-"))
            case 5, 6:
                for inspection in platform.cases(of: "inspection") where inspection.state == "open" {
                    let step = random.next() % 2 == 0 ? "inspection.pass" : "inspection.fail"
                    platform.send(try LendingDesk.step(step), on: inspection.id, StepInput(reason: "-"), by: LendingDesk.clerk())
                }
            case 7: platform.advance(to: platform.now.addingTimeInterval(Double(random.next() % 200_000)))
            default: platform.deliverAll()
            }
        }
        platform.deliverAll()
        #expect(platform.pendingCount == 0)
        for loan in platform.cases(of: "loan") {
            let isOpen = ["requested", "approved", "lent", "overdue"].contains(loan.state)
            #expect((platform.ledger.total(.held, of: loan.id) > 0) == isOpen, "\(loan.state)")
            #expect((platform.ledger.total(.forfeited, of: loan.id) > 0) == (loan.state == "lost"), "\(loan.state)")
        }
        #expect(platform.ledger.total(.held, of: "stock") + platform.ledger.total(.forfeited, of: "stock") <= 2)
        let unbalanced = platform.ledger.accounts.values.filter { !$0.isBalanced }
        #expect(unbalanced.isEmpty)
        for procedure in ["inspection", "payment"] {
            let parents = platform.cases(of: procedure).compactMap(\.parent)
            #expect(Set(parents).count == parents.count, "\(procedure)")
        }
    }

    private func send(
        _ step: String, _ actor: StepActor, _ platform: inout MemoryPlatform, _ random: inout SplitMix64, _ loans: [UUID],
        _ input: StepInput = StepInput()
    ) throws {
        platform.send(try LendingDesk.step(step), on: loans[Int(random.next() % UInt64(loans.count))], input, by: actor)
    }
}

extension MemoryPlatform {
    /// Requests, approves and lends, each delivered before the next.
    fileprivate mutating func lend(_ id: UUID) throws {
        let member = LendingDesk.member()
        for (step, input, actor) in [
            ("loan.request", LendingDesk.request(), member), ("loan.approve", StepInput(), LendingDesk.clerk()),
            ("loan.lend", StepInput(), LendingDesk.head()),
        ] {
            let command = send(try LendingDesk.step(step), on: id, input, by: actor)
            deliverAll()
            _ = try #require(outcome(command)).get()
        }
    }
}
