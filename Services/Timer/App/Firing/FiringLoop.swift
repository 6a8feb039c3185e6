import Foundation
import Logging
import Messages
import Messaging
import Postgres

/// Fires what is due, for as long as the service runs. Any number of instances may do so at once: each takes what no other has in hand, and
/// a timer is marked and told of in one transaction, so that it fires once in effect, whatever dies in between.
struct FiringLoop: Sendable {
    /// How many timers share a transaction.
    static let timersAtATime: Int64 = 500

    let pool: PostgresPool
    let speaker: Speaker
    let time: FiringTime
    let pause: Duration
    let measures: TimerMeasures
    var faults: FaultHook?

    /// Runs until the task is cancelled. `report` hears of a failure and, with nil, of the end of it.
    func run(_ report: (String?) -> Void) async {
        while !Task.isCancelled {
            do {
                let fired = try await turn()
                report(nil)
                guard fired < Int(Self.timersAtATime) else { continue }
            } catch {
                report("timers cannot be fired: \(error)")
            }
            try? await Task.sleep(for: pause)
        }
    }

    /// Fires what is due now, up to a bound, and returns how many.
    func turn() async throws -> Int {
        guard let now = try await time.now(pool) else { return 0 }
        let fired = try await speaker.transaction("timer.fire", at: now) { connection, say in
            let rows = try await connection.query(Self.fire, now, Self.timersAtATime)
            let due = try rows.decode(String.self, String.self, String.self, String.self, Date.self, Date.self)
            try await faults?(.locked)
            for (owner, name, subject, purpose, dueAt, _) in due.sorted(by: { $0.4 < $1.4 }) {
                try say.publish(
                    TimerFired(owner: owner, name: name, subject: subject, purpose: purpose, dueAt: dueAt), key: subject)
            }
            try await faults?(.written)
            return due.map(\.5)
        }
        for firesAt in fired { measures.fired(late: now.timeIntervalSince(firesAt)) }
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
