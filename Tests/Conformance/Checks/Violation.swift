/// What must never be.
enum Violation: Hashable, Sendable, CustomStringConvertible {
    /// A promise came back, and there is no trace of it.
    case promiseLost(number: Int)
    case unanswered(number: Int)
    /// What can be done was refused, or what cannot was done.
    case answeredWrongly(number: Int)
    case decided(number: Int, times: Int)
    /// A counter does not stand where the commands done to it take it.
    case total(counter: String, expected: Int64, found: Int64)
    /// The answers to a counter's commands are not one running total.
    case answersDisagree(counter: String, total: Int64)
    /// An event had no effect.
    case effectMissing(counter: String, total: Int64)
    /// An event had its effect more than once.
    case effectDoubled(counter: String, total: Int64)
    /// An event had its effect after a later one.
    case effectOutOfOrder(counter: String, total: Int64, after: Int64)
    /// An effect of nothing that was decided.
    case effectUnfounded(counter: String, total: Int64)
    case waiting(service: String, what: String, rows: Int64)

    var description: String {
        switch self {
        case .promiseLost(let number): "command \(number) was promised and is not there"
        case .unanswered(let number): "command \(number) has no answer"
        case .answeredWrongly(let number): "command \(number) has the wrong answer"
        case .decided(let number, let times): "command \(number) was decided \(times) times"
        case .total(let counter, let expected, let found): "counter \(counter) stands at \(found), not at \(expected)"
        case .answersDisagree(let counter, let total): "the answers about counter \(counter) are no running total at \(total)"
        case .effectMissing(let counter, let total): "the event that took \(counter) to \(total) had no effect"
        case .effectDoubled(let counter, let total): "the event that took \(counter) to \(total) had its effect more than once"
        case .effectOutOfOrder(let counter, let total, let after): "the event that took \(counter) to \(total) was taken after that to \(after)"
        case .effectUnfounded(let counter, let total): "nothing took \(counter) to \(total), and yet it was seen"
        case .waiting(let service, let what, let rows): "in \(service): \(rows) \(what)"
        }
    }
}
