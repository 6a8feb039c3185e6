public import Foundation
import Kernel
public import Postgres

/// Publishes messages that no incoming message caused, for example for a timer that fired or an operator's decision.
public struct OutboxPublisher: Sendable {
    let pool: PostgresPool
    let ids: UUIDv7Source
    /// Called with the committed outbox rows.
    let onCommit: @Sendable (OutboxWriting) -> Void

    /// Runs `body` in a transaction, and commits its writes together with its messages. `body` may run again after a serialisation failure;
    /// `now` becomes the messages' time.
    public func transaction<R: Sendable>(
        _ name: String, at now: Date, _ body: (PostgresConnection, inout HandlerOutput) async throws -> R
    ) async throws -> R {
        let (result, writing) = try await pool.withTransaction(name) { connection in
            var output = HandlerOutput()
            let result = try await body(connection, &output)
            let trace = TraceContext.begin()
            var replies = DeferredReplies()
            replies.add(output, at: now)
            try await replies.load(on: connection)
            let drafts =
                output.messages.map { message in
                    OutboxDraft(
                        id: ids.next(at: now), topic: message.topic, key: message.key, type: message.type, isVersioned: message.isVersioned,
                        time: now, cause: message.effectOf, trace: trace, body: message.body, delay: message.delay)
                } + (try replies.drafts(ids: ids))
            try connection.enqueue(try replies.steps())
            let writing = OutboxWriting(drafts: drafts)
            if let step = OutboxWriter.step(writing: drafts) { try connection.enqueue(step, into: writing.answer) }
            return (result, writing)
        }
        if !writing.drafts.isEmpty { onCommit(writing) }
        return result
    }
}
