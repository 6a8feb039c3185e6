/// A violation of messaging's guarantees.
enum Violation: Hashable, Sendable, CustomStringConvertible {
    /// An accepted command is not stored.
    case commandLost(number: Int)
    case unanswered(number: Int)
    /// A possible command was refused, or an impossible one executed.
    case answeredWrongly(number: Int)
    case decided(number: Int, times: Int)
    /// A counter's total is not the sum of its commands.
    case total(counter: String, expected: Int64, found: Int64)
    /// The answers to a counter's commands do not form one running total.
    case answersDisagree(counter: String, total: Int64)
    /// An event was not applied.
    case effectMissing(counter: String, total: Int64)
    /// An event was applied more than once.
    case effectDuplicated(counter: String, total: Int64)
    /// An event was applied after a later one.
    case effectOutOfOrder(counter: String, total: Int64, after: Int64)
    /// An effect without a decided command.
    case effectUnfounded(counter: String, total: Int64)
    case waiting(service: String, what: String, rows: Int64)

    var description: String {
        switch self {
        case .commandLost(let number): "command \(number) was accepted but is not stored"
        case .unanswered(let number): "command \(number) has no answer"
        case .answeredWrongly(let number): "command \(number) has the wrong answer"
        case .decided(let number, let times): "command \(number) was decided \(times) times"
        case .total(let counter, let expected, let found): "counter \(counter) has the total \(found), not \(expected)"
        case .answersDisagree(let counter, let total): "the answers of counter \(counter) do not form a running total at \(total)"
        case .effectMissing(let counter, let total): "the event of \(counter) with total \(total) was not applied"
        case .effectDuplicated(let counter, let total): "the event of \(counter) with total \(total) was applied more than once"
        case .effectOutOfOrder(let counter, let total, let after):
            "the event of \(counter) with total \(total) was applied after that with total \(after)"
        case .effectUnfounded(let counter, let total): "an effect of \(counter) with total \(total) has no command"
        case .waiting(let service, let what, let rows): "in \(service): \(rows) \(what)"
        }
    }
}
