import Messages
import Postgres

/// Messages on their way into the outbox: when their transaction has ended, it is known under which numbers they are there.
struct OutboxWriting: Sendable {
    let drafts: [OutboxDraft]
    /// What the statement that writes them answers: of each, in their order, its position, its number and its version.
    let answer = PostgresAnswer()

    var shards: ShardSet { ShardSet(drafts.map(\.shard)) }

    /// The messages with their numbers; to be asked for when they are committed. Nil where the server did not say.
    var written: [WrittenMessage]? {
        guard let rows = answer.rows, let numbers = try? rows.decode(Int64.self, Int64.self, Int64?.self), numbers.count == drafts.count
        else { return nil }
        return zip(drafts, numbers).map { draft, number in
            WrittenMessage(draft: draft, position: number.0, sequence: number.1, version: number.2)
        }
    }
}

/// A message that is written and committed, with what the server gave it.
struct WrittenMessage: Sendable {
    let draft: OutboxDraft
    let position: Int64
    let sequence: Int64
    /// Of an event which of its key it is.
    let version: Int64?
}
