import Foundation
import Logging
import Postgres

/// Forgets what is older than it is kept for, a little at a time, and measures what waits.
///
/// Published messages go first and answered commands last: what may still be sent again must still be known.
struct Housekeeping: Sendable {
    let pool: PostgresPool
    let options: MessagingOptions
    let counters: MessagingMetrics
    let logger: Logger

    static let rowsAtATime: Int64 = 5000

    /// The oldest are looked at, however many there are behind them. Whether one still waits is looked up for itself: a join would be at
    /// the mercy of what the server last knew of what waits.
    static let forgetOutbox = PostgresStatement(
        "housekeeping.outbox",
        """
        with old as (
            select o.position from (select position, shard, topic, sequence, recorded_at from outbox order by position limit $2) o
            where o.recorded_at < clock_timestamp() - $1::bigint * interval '1 millisecond'
            and o.sequence <= (select p.published from outbox_progress p where p.shard = o.shard and p.topic = o.topic)
            and (select a.position from outbox_aside a where a.shard = o.shard and a.position = o.position) is null)
        delete from outbox o using old where o.position = old.position
        """)

    private static let forgetCommands = PostgresStatement(
        "housekeeping.commands",
        """
        delete from inbox_command where id in (
            select id from inbox_command where recorded_at < clock_timestamp() - $1::bigint * interval '1 millisecond' limit $2)
        """)

    /// Runs until the task is cancelled. A failure waits for the next round.
    func run() async {
        while !Task.isCancelled {
            do {
                try await round()
            } catch {
                logger.info("housekeeping waits", metadata: ["error": "\(LaneFailure.explanation(error))"])
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
            _ = try await connection.execute(Self.forgetOutbox, [options.outboxRetention.milliseconds, Self.rowsAtATime])
            _ = try await connection.execute(Self.forgetCommands, [options.inboxRetention.milliseconds, Self.rowsAtATime])
        }
    }
}
