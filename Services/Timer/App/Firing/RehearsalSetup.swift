import Foundation
import Messages
import Messaging
import Postgres
import ServiceHost

/// Makes a database that of a rehearsal, once and for all, or sees that it is none: a rehearsal's clock has passed days that never were, and
/// nothing it decided may count.
struct RehearsalSetup: Sendable {
    let speaker: Speaker
    let isRehearsal: Bool
    /// Where the clock begins.
    let startsAt: Date

    /// Sets the clock up where there is none yet, and tells. Throws `StartFailure` where the setting and the database do not agree, and tries
    /// again for as long as the database is away.
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
        try await speaker.transaction("rehearsal.setup", at: startsAt) { connection, say in
            let (hasClock, hasTimers) = try await connection.query(Self.look).decode(Bool.self, Bool.self).first ?? (false, false)
            switch (isRehearsal, hasClock) {
            case (true, true), (false, false): return
            case (false, true):
                throw StartFailure(.usage, "this database belongs to a rehearsal: set QUAN_REHEARSAL=true, or use another database")
            case (true, false):
                guard !hasTimers else {
                    throw StartFailure(.usage, "this database has timers and no rehearsal's clock: a rehearsal needs a database of its own")
                }
                // Another instance may be at the same; who comes second tells nothing.
                guard try await connection.execute(Self.begin, startsAt) == 1 else { return }
                try say.publish(ClockMoved(instant: startsAt), key: ClockMoved.key)
            }
        }
    }

    private static let look = PostgresStatement(
        "rehearsal.look", "select exists (select from rehearsal_clock), exists (select from timer)")
    private static let begin = PostgresStatement(
        "rehearsal.begin", "insert into rehearsal_clock (instant) values ($1) on conflict (is_only) do nothing")
}
