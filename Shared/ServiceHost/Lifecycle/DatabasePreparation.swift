import Logging
import Postgres

/// Waits for the database at the start and applies the migrations.
struct DatabasePreparation: Sendable {
    private static let maximumPause: Duration = .seconds(2)

    let migrator: Migrator
    let deadline: Duration
    let logger: Logger
    let started: ReadinessFlag

    /// Retries until it succeeds or the deadline has passed. An error that is not transient ends the start at once.
    ///
    /// - Throws: `StartFailure`, or `CancellationError` when the service is stopped before that.
    func run() async throws {
        let clock = ContinuousClock()
        let end = clock.now + deadline
        var pause = Duration.milliseconds(50)
        while true {
            let rest = clock.now.duration(to: end)
            do {
                return try await migrator.migrate(lockDeadline: max(rest, .milliseconds(1)))
            } catch let error as PostgresError where error.isTransient {
                started.set(.unwell("the database migrations cannot be applied yet: \(error)"))
                guard clock.now + pause < end else {
                    throw StartFailure(.temporary, "the database was not ready within \(deadline.settingText): \(error)")
                }
                logger.warning("the database is not ready; retrying", metadata: ["error": "\(error)"])
                try await Task.sleep(for: pause)
                pause = min(pause * 2, Self.maximumPause)
            } catch {
                throw Self.failure(for: error)
            }
        }
    }

    private static func failure(for error: any Error) -> any Error {
        switch error {
        case let error as PostgresError where error.kind == .connection:
            let settings = "QUAN_DATABASE_HOST, _PORT, _NAME, _USER, _PASSWORD and _SSLMODE"
            return StartFailure(.usage, "PostgreSQL refuses the connection: \(error.description); check \(settings)")
        case let error as PostgresError: return StartFailure(.failure, "a migration failed: \(error)")
        case let error as MigrationRefusal: return StartFailure(.failure, "\(error)")
        default: return error
        }
    }
}
