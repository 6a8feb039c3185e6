import Foundation

/// Checks facts for violations of messaging's guarantees, without side effects.
enum Checks {
    /// All violations at quiescence; empty if there are none.
    static func violations(_ facts: Facts) -> [Violation] {
        let applied = AppliedCommands(facts)
        return answers(facts) + decisions(facts) + totals(facts, applied) + effects(facts, applied)
            + facts.waiting.filter { $0.rows > 0 }.map { .waiting(service: $0.service, what: $0.what, rows: $0.rows) }
    }

    private static func answers(_ facts: Facts) -> [Violation] {
        let operations = Dictionary(facts.operations.map { ($0.number, $0) }) { first, _ in first }
        return facts.accepted.compactMap { command in
            guard let operation = operations[command.number] else { return .commandLost(number: command.number) }
            switch operation.answer {
            case .none: return .unanswered(number: command.number)
            case .refused: return command.isPossible ? .answeredWrongly(number: command.number) : nil
            case .done: return command.isPossible ? nil : .answeredWrongly(number: command.number)
            }
        }
    }

    private static func decisions(_ facts: Facts) -> [Violation] {
        let times = Dictionary(facts.decided.map { ($0, 1) }, uniquingKeysWith: +)
        return facts.operations.compactMap { operation in
            let decided = times[operation.id] ?? 0
            return decided == 1 ? nil : .decided(number: operation.number, times: decided)
        }
    }

    /// The commands applied to each counter according to their answers: amounts by running total.
    private struct AppliedCommands {
        var amounts: [String: [Int64: Int64]] = [:]
        var sums: [String: Int64] = [:]
        var disagreements: [Violation] = []

        init(_ facts: Facts) {
            let commands = Dictionary(facts.accepted.map { ($0.number, $0) }) { first, _ in first }
            for operation in facts.operations {
                guard let command = commands[operation.number], case .done(let total) = operation.answer else { continue }
                sums[command.counter, default: 0] += command.amount
                if amounts[command.counter, default: [:]].updateValue(command.amount, forKey: total) != nil {
                    disagreements.append(.answersDisagree(counter: command.counter, total: total))
                }
            }
            for (counter, amounts) in amounts {
                var running: Int64 = 0
                for (total, amount) in amounts.sorted(by: { $0.key < $1.key }) {
                    running += amount
                    if running != total { disagreements.append(.answersDisagree(counter: counter, total: total)) }
                    running = total
                }
            }
        }
    }

    private static func totals(_ facts: Facts, _ applied: AppliedCommands) -> [Violation] {
        let counters = Set(facts.totals.keys).union(applied.sums.keys).sorted()
        return applied.disagreements
            + counters.compactMap { counter in
                let (expected, found) = (applied.sums[counter] ?? 0, facts.totals[counter] ?? 0)
                return expected == found ? nil : .total(counter: counter, expected: expected, found: found)
            }
    }

    private static func effects(_ facts: Facts, _ applied: AppliedCommands) -> [Violation] {
        var violations: [Violation] = []
        let seen = Dictionary(grouping: facts.seen, by: \.counter)
        for counter in Set(seen.keys).union(applied.amounts.keys).sorted() {
            var last: Int64 = 0
            var found: Set<Int64> = []
            for effect in seen[counter] ?? [] {
                if !found.insert(effect.total).inserted {
                    violations.append(.effectDuplicated(counter: counter, total: effect.total))
                } else if effect.total < last {
                    violations.append(.effectOutOfOrder(counter: counter, total: effect.total, after: last))
                } else if applied.amounts[counter]?[effect.total] != effect.amount {
                    violations.append(.effectUnfounded(counter: counter, total: effect.total))
                }
                last = max(last, effect.total)
            }
            for total in (applied.amounts[counter] ?? [:]).keys.sorted() where !found.contains(total) {
                violations.append(.effectMissing(counter: counter, total: total))
            }
        }
        return violations
    }
}
