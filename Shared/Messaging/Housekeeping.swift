import Foundation
import Kernel
import Logging
import Postgres

/// Deletes messages that are past their retention, a limited number at a time, and measures the outbox.
///
/// Published messages are deleted before answered commands: a command that may be published again must still be known as a duplicate.
struct Housekeeping: Sendable {
    let pool: PostgresPool
    let options: MessagingOptions
    let counters: MessagingMetrics
    let logger: Logger

    static let rowsAtATime: Int64 = 5000

    /// Looks at the oldest rows only. Whether a row is still to be published is looked up row by row: the plan of a join would depend on
    /// outdated table statistics.
    static let deletePublished = PostgresStatement(
        "housekeeping.outbox",
        """
        with old as (
            select o.position from (select position, shard, topic, sequence, recorded_at from outbox order by position limit $2) o
            where o.recorded_at < clock_timestamp() - $1::bigint * interval '1 millisecond'
            and o.sequence <= (select p.published from outbox_progress p where p.shard = o.shard and p.topic = o.topic)
            and (select a.position from outbox_deferred a where a.shard = o.shard and a.position = o.position) is null)
        delete from outbox o using old where o.position = old.position
        """)

    private static let deferredReplies = PostgresStatement("housekeeping.deferred-replies", "select count(*) from inbox_deferred_reply")

    private static let deleteAnswered = PostgresStatement(
        "housekeeping.commands",
        """
        delete from inbox_command where id in (
            select id from inbox_command
            where recorded_at < clock_timestamp() - $1::bigint * interval '1 millisecond' and outcome is not null limit $2)
        """)

    /// Runs until the task is cancelled. After an error it continues with the next round.
    func run() async {
        while !Task.isCancelled {
            do {
                try await round()
            } catch {
                logger.info("housekeeping failed and will be retried", metadata: ["error": "\(WorkerFailure.explanation(error))"])
            }
            try? await Task.sleep(for: .seconds(15))
        }
    }

    /// One round.
    func round() async throws {
        try await pool.withConnection { connection in
            let rows = try await connection.query(RelayStatements.waiting, [])
            if let (waiting, oldest) = try rows.decode(Int64.self, Int64.self).first {
                counters.outbox(waiting: waiting, oldest: oldest)
            }
            let deferred = try await connection.query(Self.deferredReplies, [])
            if let count = try deferred.decode(Int64.self).first { counters.deferredReplies(count) }
            _ = try await connection.execute(Self.deletePublished, [options.outboxRetention.milliseconds, Self.rowsAtATime])
            _ = try await connection.execute(Self.deleteAnswered, [options.inboxRetention.milliseconds, Self.rowsAtATime])
        }
    }
}
