public import Foundation
import Kernel
public import Postgres

/// Says something that is no answer to a message: a timer that fired, an operator's decision.
public struct Speaker: Sendable {
    let pool: PostgresPool
    let ids: UUIDv7Source
    /// Told what was written and committed.
    let hasWritten: @Sendable (OutboxWriting) -> Void

    /// Runs `body` in a transaction and commits what it wrote together with what it said. `body` may run again when the
    /// transaction meets another; `now` is the instant that readers count as the message's time.
    public func transaction<R: Sendable>(
        _ name: String, at now: Date, _ body: (PostgresConnection, inout Said) async throws -> R
    ) async throws -> R {
        let (result, writing) = try await pool.withTransaction(name) { connection in
            var said = Said()
            let result = try await body(connection, &said)
            let trace = TraceContext.begin()
            let drafts = said.remarks.map { remark in
                OutboxDraft(
                    id: ids.next(at: now), topic: remark.topic, key: remark.key, type: remark.type, isVersioned: remark.isVersioned,
                    time: now,
                    trace: trace, body: remark.body, delay: remark.delay)
            }
            let writing = OutboxWriting(drafts: drafts)
            if let step = OutboxWriter.step(writing: drafts) { try connection.enqueue(step, into: writing.answer) }
            return (result, writing)
        }
        if !writing.drafts.isEmpty { hasWritten(writing) }
        return result
    }
}
