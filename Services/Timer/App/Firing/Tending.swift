import Foundation
import Kernel
import Logging
import Postgres
import TimerDomain

/// What is done now and then: rules are resolved once the calendar has their year, what is long over is forgotten, and the rest is counted.
struct Tending: Sendable {
    private static let rowsAtATime: Int64 = 500

    let pool: PostgresPool
    let time: FiringTime
    let calendar: WorkingDayCalendar
    let retention: Duration
    let measures: TimerMeasures
    let logger: Logger

    /// Runs until the task is cancelled. A failure waits for the next round.
    func run(every pause: Duration) async {
        while !Task.isCancelled {
            do {
                try await round()
            } catch {
                logger.info("tending the timers waits", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: pause)
        }
    }

    /// One round.
    func round() async throws {
        while try await resolve() == Int(Self.rowsAtATime) {}
        try await forget()
        guard let now = try await time.now(pool) else { return }
        let counts = try await pool.withConnection { try await $0.query(Self.count, now).decode(Int64.self, Int64.self, Int64.self).first }
        if let (waiting, due, provisional) = counts { measures.standing(waiting: waiting, due: due, provisional: provisional) }
    }

    /// Resolves some of the rules whose year the calendar has now, and returns how many it took up.
    @discardableResult
    func resolve() async throws -> Int {
        try await pool.withTransaction("timer.resolve") { connection in
            let rows = try await connection.query(
                Self.provisional, Int32(clamping: calendar.years.lowerBound), Int32(clamping: calendar.years.upperBound), Self.rowsAtATime)
            let timers = try rows.decode(String.self, String.self, Int32.self, Date.self)
            guard !timers.isEmpty else { return 0 }
            let found = try timers.map { try Scheduling.resolve(workingDays: Int($0.2), after: $0.3, calendar: calendar) }
            _ = try await connection.execute(
                Self.resolved, timers.map(\.0), timers.map(\.1), found.map(\.instant),
                found.map { $0.missingYear.map { Int32(clamping: $0) } })
            return timers.count
        }
    }

    private func forget() async throws {
        _ = try await pool.withConnection {
            try await $0.execute(Self.forget, Int64(retention.components.seconds), Self.rowsAtATime)
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
    private static let forget = PostgresStatement(
        "timer.forget",
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
