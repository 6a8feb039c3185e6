import Foundation

/// What the databases of a world say, and what was promised in it.
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

    /// The asker's note of one event, in the order it took them.
    struct Seen: Sendable, Hashable {
        let counter: String
        let amount: Int64
        let total: Int64
    }

    /// Something that waits where nothing should.
    struct Waiting: Sendable, Hashable {
        let service: String
        let what: String
        let rows: Int64
    }

    /// The commands whose promise came back.
    var promised: [PlannedCommand] = []
    var operations: [Operation] = []
    /// Every decision the counter has recorded: the commands' ids.
    var decided: [UUID] = []
    var totals: [String: Int64] = [:]
    var seen: [Seen] = []
    var waiting: [Waiting] = []
}
