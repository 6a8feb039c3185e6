import Foundation
import Kernel
import Procedures
import Programme
import Testing

@Suite("Random actors")
struct RandomPlayTests {
    /// Every step on every case by every role, in random order, with the clock moving.
    private static func play(seed: UInt64, moves: Int) throws -> MemoryHost {
        var random = SplitMix64(seed: seed)
        var host = try LendingDesk.host()
        let members = (0..<3).map { _ in LendingDesk.member() }
        let officers = [LendingDesk.clerk(), LendingDesk.clerk(), LendingDesk.head()]
        let steps = host.programme.procedures.flatMap { procedure in procedure.steps.map { StepReference(procedure.id, $0.id) } }
        for _ in 0..<moves {
            guard let step = steps.randomElement(using: &random), let actor = (members + officers).randomElement(using: &random) else {
                continue
            }
            let loans = host.cases(of: "loan").map(\.id)
            let existing = host.cases(of: step.procedure).map(\.id)
            let isNew = existing.isEmpty || Int.random(in: 0..<4, using: &random) == 0
            let id =
                isNew
                ? UUID(
                    uuid: (
                        0, 0, 0, 0, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, UInt8.random(in: 0...255, using: &random),
                        UInt8.random(in: 0...255, using: &random)
                    )) : existing.randomElement(using: &random)
            guard let id else { continue }
            var input = StepInput(reason: "r")
            if step.description == "loan.request" { input = LendingDesk.request(Int64.random(in: 0...90, using: &random)) }
            _ = try? host.take(step, on: id, parent: loans.randomElement(using: &random), input, by: actor)
            if Int.random(in: 0..<3, using: &random) == 0, let payment = host.cases(of: "payment").randomElement(using: &random) {
                _ = try? host.answer("bank.confirmed", to: payment.id)
            }
            if Int.random(in: 0..<5, using: &random) == 0 {
                host.advance(to: host.now + Double(Int.random(in: 0...(3 * 86_400), using: &random)))
            }
        }
        return host
    }

    @Test(
        "no cap is exceeded, no final loan holds anything, each lost loan's amounts stay counted, each loan has one inspection and payment at most",
        arguments: 0..<40)
    func invariants(seed: Int) throws {
        let host = try Self.play(seed: UInt64(seed), moves: 150)
        let programme = host.programme
        let loans = host.cases(of: "loan")
        for loan in loans {
            let isOpen = ["requested", "approved", "lent", "overdue"].contains(loan.state)
            #expect((host.ledger.total(.held, of: loan.id) > 0) == isOpen, "\(loan.state), seed \(seed)")
            #expect((host.ledger.total(.forfeited, of: loan.id) > 0) == (loan.state == "lost"), "\(loan.state), seed \(seed)")
            for child in ["inspection", "payment"] {
                #expect(host.cases(of: child).count { $0.parent == loan.id } <= 1, "\(child), seed \(seed)")
            }
        }
        #expect(host.ledger.total(.held, of: "stock") + host.ledger.total(.forfeited, of: "stock") <= 2, "seed \(seed)")
        #expect(host.ledger.total(.held, of: "deposits") + host.ledger.total(.forfeited, of: "deposits") <= 10_000, "seed \(seed)")
        for subject in host.families.values.flatMap(\.cases) {
            let procedure = try #require(programme.procedure(subject.procedure))
            #expect(procedure.state(subject.state) != nil && subject.version >= 1, "seed \(seed)")
            // Versions count the changes of the case, without gap.
            #expect(host.history.count { $0.id == subject.id } == Int(subject.version), "seed \(seed)")
        }
    }

    @Test("a cancellation and the lapse of its deadline: exactly one takes place, whatever the instant", arguments: 0..<200)
    func race(seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        var host = try LendingDesk.host()
        let (id, member) = (UUID(), LendingDesk.member())
        try host.must("loan.request", id, LendingDesk.request(), by: member)
        try host.must("loan.approve", id, by: LendingDesk.clerk())
        let due = LendingDesk.start + 48 * 3600
        host.advance(to: due + Double(Int.random(in: -2...2, using: &random)))
        let isCancelled = (try? host.must("loan.cancel", id, StepInput(reason: "r"), by: member)) != nil
        host.advance(to: due + 10)
        let ends = host.history.filter { $0.id == id && $0.to == "cancelled" }
        #expect(ends.count == 1 && ends[0].isLapse != isCancelled, "seed \(seed)")
        #expect(host.ledger.total(.held, of: id) == 0)
    }

    @Test("the same moves give the same cases, changes and ledger", arguments: 0..<5)
    func replay(seed: Int) throws {
        let programme = try LendingDesk.programme()
        func play() throws -> MemoryHost {
            var host = MemoryHost(programme, at: LendingDesk.start)
            let ids = (0..<3).map { UUID(uuid: (1, 1, 1, 1, 1, 1, 0x40, 1, 0x80, 1, 1, 1, 1, 1, UInt8(seed), UInt8($0))) }
            let member = StepActor(person: ids[0], organisation: ids[0], roles: ["member"])
            let (clerk, head) = (StepActor(person: ids[1], roles: ["clerk"]), StepActor(person: ids[2], roles: ["head"]))
            try host.must("loan.request", ids[0], LendingDesk.request(product: ids[2]), by: member)
            try host.must("loan.approve", ids[0], by: clerk)
            try host.must("loan.lend", ids[0], by: head)
            host.advance(to: LendingDesk.start + Double(seed) * 5 * 86_400)
            return host
        }
        let (first, second) = (try play(), try play())
        #expect(first.families == second.families && first.history == second.history && first.ledger == second.ledger)
    }
}
