public import Foundation
import Kernel
public import Postgres

/// Publishes messages that no incoming message caused, for example for a timer that fired or an operator's decision.
public struct OutboxPublisher: Sendable {
    let service: String
    let pool: PostgresPool
    let ids: UUIDv7Source
    /// Called after messages are committed.
    let onCommit: @Sendable () -> Void

    /// Runs `body` in a transaction, and commits its writes together with its messages. `body` may run again after a serialisation failure;
    /// `now` becomes the messages' time.
    public func transaction<R: Sendable>(
        _ name: String, at now: Date, _ body: (PostgresConnection, inout HandlerOutput) async throws -> R
    ) async throws -> R {
        let (result, hasMessages) = try await pool.withTransaction(name) { connection in
            var output = HandlerOutput()
            let result = try await body(connection, &output)
            var decisions = Decisions(service: service, ids: ids)
            decisions.add(output, at: now, cause: nil, trace: .begin())
            try await Deferral.answer(in: &decisions, on: connection)
            try connection.enqueue(decisions.steps() + [OutboxWriter.step(writing: decisions.drafts)].compactMap(\.self))
            return (result, !decisions.drafts.isEmpty)
        }
        if hasMessages { onCommit() }
        return result
    }
}
