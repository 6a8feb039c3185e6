import Messages
import Postgres

/// Messages written to the outbox by a transaction. Their numbers are known when the statement has been executed.
struct OutboxWriting: Sendable {
    let drafts: [OutboxDraft]
    /// The result of the statement that writes them: position, sequence number and version of each, in order.
    let answer = PostgresPendingRows()

    var shards: ShardSet { ShardSet(drafts.map(\.shard)) }

    /// The messages with their numbers, to be used after the commit. Nil if the server returned no numbers.
    var written: [WrittenMessage]? {
        guard let rows = answer.rows, let numbers = try? rows.decode(Int64.self, Int64.self, Int64?.self), numbers.count == drafts.count
        else { return nil }
        return zip(drafts, numbers).map { draft, number in
            WrittenMessage(draft: draft, position: number.0, sequence: number.1, version: number.2)
        }
    }
}

/// A committed message with its numbers.
struct WrittenMessage: Sendable {
    let draft: OutboxDraft
    let position: Int64
    let sequence: Int64
    /// The version of an event.
    let version: Int64?
}
