import Foundation
import Kernel
import Logging
import Postgres
import TimerDomain

/// Periodic maintenance: resolves provisional timers whose year the calendar has, deletes expired timers, and records metrics.
struct TimerMaintenance: Sendable {
    private static let batchSize: Int64 = 500

    let pool: PostgresPool
    let clock: TimerClock
    let calendar: WorkingDayCalendar
    let retention: Duration
    let metrics: TimerMetrics
    let logger: Logger

    /// Runs until the task is cancelled. After a failure it tries again at the next interval.
    func run(every interval: Duration) async {
        while !Task.isCancelled {
            do {
                try await runOnce()
            } catch {
                logger.info("timer maintenance failed; retrying", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: interval)
        }
    }

    /// Resolves, deletes and counts once.
    func runOnce() async throws {
        while try await resolve() == Int(Self.batchSize) {}
        try await deleteExpired()
        guard let now = try await clock.now(pool) else { return }
        let counts = try await pool.withConnection { try await $0.query(Self.count, now).decode(Int64.self, Int64.self, Int64.self).first }
        if let (waiting, due, provisional) = counts { metrics.recordCounts(waiting: waiting, due: due, provisional: provisional) }
    }

    /// Resolves provisional timers whose year the calendar has, `batchSize` at most, and returns their number.
    @discardableResult
    func resolve() async throws -> Int {
        try await pool.withTransaction("timer.resolve") { connection in
            let rows = try await connection.query(
                Self.provisional, Int32(clamping: calendar.years.lowerBound), Int32(clamping: calendar.years.upperBound), Self.batchSize)
            let timers = try rows.decode(String.self, String.self, Int32.self, Date.self)
            guard !timers.isEmpty else { return 0 }
            let found = try timers.map { try Scheduling.resolve(workingDays: Int($0.2), after: $0.3, calendar: calendar) }
            _ = try await connection.execute(
                Self.resolved, timers.map(\.0), timers.map(\.1), found.map(\.instant),
                found.map { $0.missingYear.map { Int32(clamping: $0) } })
            return timers.count
        }
    }

    private func deleteExpired() async throws {
        _ = try await pool.withConnection {
            try await $0.execute(Self.delete, Int64(retention.components.seconds), Self.batchSize)
        }
    }

    private static let provisional = PostgresStatement(
        "timer.provisional",
        """
        select owner, name, working_days, counts_from from timer where state = 'provisional' and missing_year between $1 and $2
        order by missing_year, owner, name limit $3 for update skip locked
        """)
    private static let resolved = PostgresStatement(
        "timer.resolved",
        """
        update timer t set due_at = r.due_at, fires_at = r.due_at + t.grace_seconds * interval '1 second',
            missing_year = coalesce(r.missing_year, t.missing_year),
            state = case when r.due_at is null then 'provisional' else 'waiting' end, changed_at = clock_timestamp()
        from unnest($1::text[], $2::text[], $3::timestamptz[], $4::integer[]) as r(owner, name, due_at, missing_year)
        where t.owner = r.owner and t.name = r.name
        """)
    private static let delete = PostgresStatement(
        "timer.delete-expired",
        """
        delete from timer where ctid = any(array(
            select ctid from timer where state in ('fired', 'cancelled') and changed_at < clock_timestamp() - $1::bigint * interval '1 second'
            limit $2))
        """)
    private static let count = PostgresStatement(
        "timer.count",
        """
        select (select count(*) from timer where state = 'waiting'), (select count(*) from timer where state = 'waiting' and fires_at <= $1),
               (select count(*) from timer where state = 'provisional')
        """)
}

extension TimerDue {
    fileprivate var missingYear: Int? {
        guard case .provisional(_, _, let year) = self else { return nil }
        return year
    }
}
