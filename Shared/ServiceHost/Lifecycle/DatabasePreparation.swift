import Logging
import Postgres

/// The first thing a service does: wait for its database, and bring its tables up to date.
struct DatabasePreparation: Sendable {
    private static let longestPause: Duration = .seconds(2)

    let migrator: Migrator
    let deadline: Duration
    let logger: Logger
    let started: ReadinessFlag

    /// Tries until it succeeds or the deadline is over; what will not mend itself ends the start at once.
    ///
    /// - Throws: `StartFailure`, or `CancellationError` when the service is stopped meanwhile.
    func run() async throws {
        let clock = ContinuousClock()
        let end = clock.now + deadline
        var pause = Duration.milliseconds(50)
        while true {
            let rest = clock.now.duration(to: end)
            do {
                return try await migrator.migrate(lockDeadline: max(rest, .milliseconds(1)))
            } catch let error as PostgresError where error.isTransient {
                started.set(.unwell("the database cannot be brought up to date yet: \(error)"))
                guard clock.now + pause < end else {
                    throw StartFailure(.temporary, "the database was not ready within \(deadline.settingText): \(error)")
                }
                logger.warning("the database is not ready; trying again", metadata: ["error": "\(error)"])
                try await Task.sleep(for: pause)
                pause = min(pause * 2, Self.longestPause)
            } catch {
                throw Self.failure(for: error)
            }
        }
    }

    private static func failure(for error: any Error) -> any Error {
        switch error {
        case let error as PostgresError where error.kind == .connection:
            let settings = "QUAN_DATABASE_HOST, _PORT, _NAME, _USER, _PASSWORD and _SSLMODE"
            return StartFailure(.usage, "PostgreSQL refuses the connection for good: \(error.description); check \(settings)")
        case let error as PostgresError: return StartFailure(.failure, "a migration failed: \(error)")
        case let error as MigrationRefusal: return StartFailure(.failure, "\(error)")
        default: return error
        }
    }
}
