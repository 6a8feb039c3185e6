import Foundation
import Glibc
import Kafka
import Postgres
import TestKit

/// The service `ordering` as a process, built beside this one.
struct OrderingProcess: Sendable {
    /// Whose topics it needs.
    static let topicsOf = ["ordering", "catalogue", "identity", "timer", "portal", "redemption", "payout", "quan"]

    private let child: ChildProcess
    private let log: String

    /// Starts it and waits until its tables are there.
    static func start(on database: Database, _ broker: Broker) async throws -> OrderingProcess {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let program = URL(filePath: own).deletingLastPathComponent().appending(path: "quan-ordering").path
        guard FileManager.default.isExecutableFile(atPath: program) else {
            throw BenchmarkError("there is no \(program): build it with `swift build -c release --product quan-ordering`")
        }
        let target = database.configuration
        let log = FileManager.default.temporaryDirectory.appending(path: "quan-bench-ordering-\(UUID().uuidString).log").path
        let child = try ChildProcess(
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
            try await process.hasTables(database)
        } catch {
            kill(child.pid, SIGKILL)
            child.collectLater()
            throw error
        }
        return process
    }

    private func hasTables(_ database: Database) async throws {
        let end = ContinuousClock.now + .seconds(60)
        while try await database.number("select count(*) from pg_class where relname in ('transfer', 'programme_version')") < 2 {
            guard ContinuousClock.now < end, kill(child.pid, 0) == 0 else {
                throw BenchmarkError(
                    "quan-ordering did not start; it said:\n\((try? String(contentsOfFile: log, encoding: .utf8))?.suffix(2000) ?? "")")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// Ends it in order.
    func stop() async throws {
        kill(child.pid, SIGTERM)
        let status = await child.exit()
        defer { try? FileManager.default.removeItem(atPath: log) }
        guard status == 0 else {
            throw BenchmarkError(
                "quan-ordering ended with \(status); it said:\n\((try? String(contentsOfFile: log, encoding: .utf8))?.suffix(2000) ?? "")")
        }
    }
}

extension Stage {
    /// An empty database for a service that makes its tables itself.
    func messagingDatabaseOfService(_ name: String) async throws -> Database {
        try await database(name, tables: "select 1", connections: 12)
    }
}
