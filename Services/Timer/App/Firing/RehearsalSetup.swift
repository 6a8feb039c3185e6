import Foundation
import Messages
import Messaging
import Postgres
import ServiceHost

/// Marks a new database permanently as a rehearsal's, or checks that it is not one: decisions made under a rehearsal's clock must never
/// count in production.
struct RehearsalSetup: Sendable {
    let publisher: OutboxPublisher
    let isRehearsal: Bool
    /// The first instant of the clock.
    let startsAt: Date

    /// Creates and publishes the clock where there is none. Throws `StartFailure` where the setting and the database contradict each other;
    /// retries while the database is not reachable.
    func run() async throws {
        while true {
            do {
                return try await setUp()
            } catch is PostgresError {
                try await Task.sleep(for: .seconds(1))
            }
        }
    }

    private func setUp() async throws {
        try await publisher.transaction("rehearsal.setup", at: startsAt) { connection, output in
            let (hasClock, hasTimers) = try await connection.query(Self.inspect).decode(Bool.self, Bool.self).first ?? (false, false)
            switch (isRehearsal, hasClock) {
            case (true, true), (false, false): return
            case (false, true):
                throw StartFailure(.usage, "this database belongs to a rehearsal: set QUAN_REHEARSAL=true, or use another database")
            case (true, false):
                guard !hasTimers else {
                    throw StartFailure(.usage, "this database has timers but no rehearsal clock: a rehearsal needs a database of its own")
                }
                // Another instance may do the same; the second one publishes nothing.
                guard try await connection.execute(Self.begin, startsAt) == 1 else { return }
                try output.publish(ClockMoved(instant: startsAt), key: ClockMoved.key)
            }
        }
    }

    private static let inspect = PostgresStatement(
        "rehearsal.inspect", "select exists (select from rehearsal_clock), exists (select from timer)")
    private static let begin = PostgresStatement(
        "rehearsal.begin", "insert into rehearsal_clock (instant) values ($1) on conflict (is_only) do nothing")
}
