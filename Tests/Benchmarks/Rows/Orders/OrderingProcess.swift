import Foundation
import Glibc
import Kafka
import Postgres
import TestKit

/// The service `ordering` in a separate process, built next to this program.
struct OrderingProcess: Sendable {
    /// The services whose topics it needs.
    static let topicsOf = ["ordering", "catalogue", "identity", "timer", "portal", "redemption", "payout", "quan"]

    private let child: ChildProcess
    private let log: String

    /// Starts the service and waits until its tables exist.
    static func start(on database: Database, _ broker: Broker) async throws -> OrderingProcess {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let program = URL(filePath: own).deletingLastPathComponent().appending(path: "quan-ordering").path
        guard FileManager.default.isExecutableFile(atPath: program) else {
            throw BenchmarkError("\(program) does not exist: build it with `swift build -c release --product quan-ordering`")
        }
        let target = database.configuration
        let log = FileManager.default.temporaryDirectory.appending(path: "quan-bench-ordering-\(UUID().uuidString).log").path
        let child = try await ChildProcess(
            [program],
            environment: [
                "PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC", "QUAN_LOG_LEVEL=error", "QUAN_HTTP_PORT=0", "QUAN_DATABASE_HOST=\(target.host)",
                "QUAN_DATABASE_PORT=\(target.port)", "QUAN_DATABASE_NAME=\(target.database)", "QUAN_DATABASE_USER=\(target.user)",
                "QUAN_KAFKA_BOOTSTRAP_SERVERS=\(broker.embedded.bootstrapServers)", "QUAN_MESSAGING_REPLICATION_FACTOR=1",
                "QUAN_MESSAGING_FETCH_WAIT=2ms", "QUAN_MESSAGING_REPLY_FETCH_WAIT=2ms", "QUAN_MESSAGING_LINGER=0ms",
                "QUAN_MESSAGING_SESSION_TIMEOUT=6s", "QUAN_MESSAGING_PRODUCE_TIMEOUT=5s", "QUAN_MESSAGING_RELAY_LEASE=12s",
            ], output: log)
        let process = OrderingProcess(child: child, log: log)
        do {
            try await process.waitForTables(database)
        } catch {
            kill(child.pid, SIGKILL)
            throw error
        }
        return process
    }

    private func waitForTables(_ database: Database) async throws {
        let end = ContinuousClock.now + .seconds(60)
        while try await database.number("select count(*) from pg_class where relname in ('transfer', 'programme_version')") < 2 {
            guard ContinuousClock.now < end, kill(child.pid, 0) == 0 else {
                throw BenchmarkError(
                    "quan-ordering did not start; its output:\n\((try? String(contentsOfFile: log, encoding: .utf8))?.suffix(2000) ?? "")")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// Stops the service.
    func stop() async throws {
        kill(child.pid, SIGTERM)
        let status = await child.exit()
        defer { try? FileManager.default.removeItem(atPath: log) }
        guard status == 0 else {
            throw BenchmarkError(
                "quan-ordering ended with status \(status); its output:\n\((try? String(contentsOfFile: log, encoding: .utf8))?.suffix(2000) ?? "")"
            )
        }
    }
}

extension BenchmarkEnvironment {
    /// An empty database for a service that creates its tables itself.
    func messagingDatabaseOfService(_ name: String) async throws -> Database {
        try await database(name, tables: "select 1", connections: 12)
    }
}
