import Foundation
import Logging
import Messages
import Messaging
import Postgres

/// Fires due timers while the service runs. Several instances may run at the same time: each skips the rows that another has locked, and a
/// timer is marked and its event stored in one transaction, so that each timer fires exactly once in effect, even after a crash.
struct DueTimerLoop: Sendable {
    /// The maximum number of timers per transaction.
    static let batchSize: Int64 = 500
    /// The channel that notifies of a moved rehearsal clock.
    static let clockChannel = "quan_clock"

    let pool: PostgresPool
    let publisher: OutboxPublisher
    let clock: TimerClock
    let interval: Duration
    let metrics: TimerMetrics
    var faults: FaultHook?

    /// Runs until the task is cancelled. `report` is called after each pass, with the failure or nil.
    func run(_ report: (String?) -> Void) async {
        while !Task.isCancelled {
            do {
                let fired = try await fireDueTimers()
                report(nil)
                guard fired < Int(Self.batchSize) else { continue }
            } catch {
                report("cannot fire timers: \(error)")
            }
            try? await Task.sleep(for: interval)
        }
    }

    /// Fires due timers as soon as the clock of a rehearsal has moved, in addition to `run`, which would find them after its interval.
    func runOnClockMoves(logger: Logger) async {
        let listener = PostgresListener(pool.configuration, channels: [Self.clockChannel], logger: logger)
        let moves = listener.hints(on: Self.clockChannel)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await listener.run() }
            for await _ in moves {
                // After an error `run` fires them.
                while let fired = try? await fireDueTimers(), fired == Int(Self.batchSize) {}
            }
            group.cancelAll()
        }
    }

    /// Fires due timers, `batchSize` at most, and returns their number.
    func fireDueTimers() async throws -> Int {
        guard let now = try await clock.now(pool) else { return 0 }
        let fired = try await publisher.transaction("timer.fire", at: now) { connection, output in
            let rows = try await connection.query(Self.fire, now, Self.batchSize)
            let due = try rows.decode(String.self, String.self, String.self, String.self, Date.self, Date.self)
            try await faults?(.locked)
            for (owner, name, subject, purpose, dueAt, _) in due.sorted(by: { $0.4 < $1.4 }) {
                try output.publish(
                    TimerFired(owner: owner, name: name, subject: subject, purpose: purpose, dueAt: dueAt), key: subject)
            }
            try await faults?(.written)
            return due.map(\.5)
        }
        for firesAt in fired { metrics.recordFiring(latenessSeconds: now.timeIntervalSince(firesAt)) }
        try await faults?(.committed)
        return fired.count
    }

    private static let fire = PostgresStatement(
        "timer.fire",
        """
        with due as (
            select owner, name from timer where state = 'waiting' and fires_at <= $1
            order by fires_at, owner, name limit $2 for update skip locked)
        update timer t set state = 'fired', fired_at = $1, changed_at = clock_timestamp()
        from due where t.owner = due.owner and t.name = due.name
        returning t.owner, t.name, t.subject, t.purpose, t.due_at, t.fires_at
        """)
}
