import Foundation
import Testing

/// Each kind of violation, injected into correct facts.
@Suite("The conformance checks")
struct ChecksTests {
    /// Three commands to `a` (1, 2, 3) and one that was refused.
    private static func correctFacts() -> Facts {
        let commands = [(1, "a", 1), (2, "a", 2), (3, "a", 3), (4, "b", -9)].map {
            PlannedCommand(number: $0.0, counter: $0.1, amount: Int64($0.2))
        }
        let answers: [Facts.Operation.Answer] = [.done(total: 1), .done(total: 3), .done(total: 6), .refused]
        var facts = Facts(accepted: commands)
        facts.operations = zip(commands, answers).map { Facts.Operation(id: UUID(), number: $0.number, answer: $1) }
        facts.decided = facts.operations.map(\.id)
        facts.totals = ["a": 6]
        facts.seen = [(1, 1), (2, 3), (3, 6)].map { Facts.Seen(counter: "a", amount: $0.0, total: $0.1) }
        return facts
    }

    private static func violations(_ change: (inout Facts) -> Void) -> [Violation] {
        var facts = correctFacts()
        change(&facts)
        return Checks.violations(facts)
    }

    @Test("correct facts have no violation")
    func correctFactsPass() { #expect(Self.violations { _ in }.isEmpty) }

    @Test("a missing effect is found")
    func drop() { #expect(Self.violations { $0.seen.remove(at: 1) } == [.effectMissing(counter: "a", total: 3)]) }

    @Test("a missing last effect is found")
    func dropLast() { #expect(Self.violations { $0.seen.removeLast() } == [.effectMissing(counter: "a", total: 6)]) }

    @Test("a duplicated effect is found")
    func double() { #expect(Self.violations { $0.seen.append($0.seen[2]) } == [.effectDuplicated(counter: "a", total: 6)]) }

    @Test("two effects in the wrong order are found")
    func swap() { #expect(Self.violations { $0.seen.swapAt(1, 2) } == [.effectOutOfOrder(counter: "a", total: 3, after: 6)]) }

    @Test("an effect without a command is found")
    func unfounded() {
        let stray = Facts.Seen(counter: "b", amount: 5, total: 5)
        #expect(Self.violations { $0.seen.append(stray) } == [.effectUnfounded(counter: "b", total: 5)])
    }

    @Test("an accepted command that is not stored is found")
    func lostCommand() {
        let command = PlannedCommand(number: 5, counter: "c", amount: 1)
        #expect(Self.violations { $0.accepted.append(command) } == [.commandLost(number: 5)])
    }

    @Test("a command without an answer, and one decided never or twice, are found")
    func answersAndDecisions() {
        #expect(
            Self.violations { $0.operations[3] = Facts.Operation(id: $0.operations[3].id, number: 4, answer: .none) } == [
                .unanswered(number: 4)
            ])
        #expect(Self.violations { $0.decided.removeLast() } == [.decided(number: 4, times: 0)])
        #expect(Self.violations { $0.decided.append($0.decided[0]) } == [.decided(number: 1, times: 2)])
    }

    @Test("a refusal of a possible command is found")
    func wrongAnswer() {
        let found = Self.violations { $0.operations[0] = Facts.Operation(id: $0.operations[0].id, number: 1, answer: .refused) }
        #expect(found.contains(.answeredWrongly(number: 1)))
    }

    @Test("a counter whose total differs from its answers is found")
    func total() {
        #expect(Self.violations { $0.totals["a"] = 7 } == [.total(counter: "a", expected: 6, found: 7)])
        #expect(Self.violations { $0.totals["z"] = 1 } == [.total(counter: "z", expected: 0, found: 1)])
    }

    @Test("unfinished work is found")
    func waiting() {
        let found = Self.violations { $0.waiting = [Facts.Waiting(service: "asker", what: "parked messages", rows: 2)] }
        #expect(found == [.waiting(service: "asker", what: "parked messages", rows: 2)])
    }
}
