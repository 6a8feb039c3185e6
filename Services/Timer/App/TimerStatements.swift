import Foundation
import Postgres
import TimerDomain

/// The SQL of the handlers.
enum TimerStatements {
    /// Loads and locks timers, in the order of their ids.
    static func lock(_ ids: [TimerID], on connection: PostgresConnection) async throws -> [StoredTimer] {
        try await connection.query(lock, ids.map(\.owner), ids.map(\.name)).map(timer)
    }

    /// Writes the state of timers.
    static func write(_ timers: [StoredTimer]) -> PostgresStep {
        let rules = timers.map { $0.due.rule }
        return PostgresStep(
            write,
            [
                timers.map(\.id.owner), timers.map(\.id.name), timers.map(\.subject), timers.map(\.purpose), timers.map(\.state.rawValue),
                timers.map(\.due.instant), timers.map { Int32(clamping: $0.graceSeconds) },
                timers.map { timer in timer.due.instant?.addingTimeInterval(Double(timer.graceSeconds)) },
                rules.map { $0.map { Int32(clamping: $0.days) } }, rules.map { $0?.start },
                rules.map { $0.map { Int32(clamping: $0.year) } },
            ])
    }

    /// Loads and locks the clock of a rehearsal, and reads the due and next timers except `ids`.
    static func clock(without ids: [TimerID], on connection: PostgresConnection) async throws -> ClockRow {
        guard let instant = try await connection.query(lockClock).decode(Date.self).first else { return ClockRow() }
        let rows = try await connection.query(nearby, instant, ids.map(\.owner), ids.map(\.name))
        guard let (due, next) = try rows.decode(Int64.self, Date?.self).first else { return ClockRow(instant: instant) }
        return ClockRow(instant: instant, due: due, next: next)
    }

    /// Moves the clock, and notifies the instances that wait for due timers.
    static func moveClock(to instant: Date) -> [PostgresStep] { [PostgresStep(moveClock, instant), PostgresStep(notify)] }

    private static func timer(_ row: PostgresRow) throws -> StoredTimer {
        let (owner, name, subject, purpose, state, dueAt, grace, days, start, year) = try row.decode(
            String.self, String.self, String.self, String.self, String.self, Date?.self, Int32.self, Int32?.self, Date?.self, Int32?.self)
        guard let state = StoredTimer.State(rawValue: state), let due = due(dueAt, days, start, year) else {
            throw UnreadableTimer(owner: owner, name: name)
        }
        return StoredTimer(
            id: TimerID(owner: owner, name: name), subject: subject, purpose: purpose, due: due, graceSeconds: Int(grace), state: state)
    }

    private static func due(_ dueAt: Date?, _ days: Int32?, _ start: Date?, _ year: Int32?) -> TimerDue? {
        if let dueAt { return .at(dueAt) }
        guard let days, let start, let year else { return nil }
        return .provisional(workingDays: Int(days), after: start, missingYear: Int(year))
    }

    private static let lock = PostgresStatement(
        "timer.lock",
        """
        select t.owner, t.name, t.subject, t.purpose, t.state, t.due_at, t.grace_seconds, t.working_days, t.counts_from, t.missing_year
        from timer t join unnest($1::text[], $2::text[]) as w(owner, name) on t.owner = w.owner and t.name = w.name
        order by t.owner, t.name for update of t
        """)
    private static let write = PostgresStatement(
        "timer.write",
        """
        insert into timer (owner, name, subject, purpose, state, due_at, grace_seconds, fires_at, working_days, counts_from, missing_year)
        select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::integer[],
                             $8::timestamptz[], $9::integer[], $10::timestamptz[], $11::integer[])
        on conflict (owner, name) do update set
            subject = excluded.subject, purpose = excluded.purpose, state = excluded.state, due_at = excluded.due_at,
            grace_seconds = excluded.grace_seconds, fires_at = excluded.fires_at, working_days = excluded.working_days,
            counts_from = excluded.counts_from, missing_year = excluded.missing_year, changed_at = clock_timestamp()
        """)
    private static let lockClock = PostgresStatement("clock.lock", "select instant from rehearsal_clock for update")
    private static let nearby = PostgresStatement(
        "clock.nearby",
        """
        with others as (
            select fires_at from timer t where state = 'waiting' and not exists (
                select from unnest($2::text[], $3::text[]) as w(owner, name) where w.owner = t.owner and w.name = t.name))
        select (select count(*) from others where fires_at <= $1)
               + (select count(*) from outbox_waiting where topic = 'timer.events'),
               (select min(fires_at) from others where fires_at > $1)
        """)
    private static let notify = PostgresStatement("clock.notify", "select pg_notify('\(DueTimerLoop.clockChannel)', '')")
    private static let moveClock = PostgresStatement("clock.move", "update rehearsal_clock set instant = $1")
}

/// A timer row that violates the table's constraints.
struct UnreadableTimer: Error, CustomStringConvertible {
    let owner: String
    let name: String
    var description: String { "the row of the timer \(owner) \(name) cannot be read" }
}

extension TimerDue {
    /// The rule of a provisional timer.
    fileprivate var rule: (days: Int, start: Date, year: Int)? {
        guard case .provisional(let days, let start, let year) = self else { return nil }
        return (days, start, year)
    }
}
