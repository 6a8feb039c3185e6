import Foundation

/// The contents of a test bed's databases, and the commands accepted in it.
struct Facts: Sendable {
    /// The asker's record of a command.
    struct Operation: Sendable, Hashable {
        enum Answer: Sendable, Hashable {
            case none
            case refused
            /// Done, with the counter's new total.
            case done(total: Int64)
        }

        let id: UUID
        let number: Int
        let answer: Answer
    }

    /// The asker's row for one event, in the order in which it applied them.
    struct Seen: Sendable, Hashable {
        let counter: String
        let amount: Int64
        let total: Int64
    }

    /// Unfinished work at a time when there should be none.
    struct Waiting: Sendable, Hashable {
        let service: String
        let what: String
        let rows: Int64
    }

    /// The commands that the asker reported as accepted.
    var accepted: [PlannedCommand] = []
    var operations: [Operation] = []
    /// The ids of the commands in the counter's audit trail.
    var decided: [UUID] = []
    var totals: [String: Int64] = [:]
    var seen: [Seen] = []
    var waiting: [Waiting] = []
}
