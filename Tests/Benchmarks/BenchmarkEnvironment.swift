import Foundation
import Kafka
import Logging
import Messages
import Messaging
import Postgres
import TestKit

/// The environment of all benchmarks: one durable PostgreSQL server, and pgbench.
struct BenchmarkEnvironment: Sendable {
    let size: Size
    let server: PrivatePostgres
    let pgbench: Pgbench
    let logger: Logger

    static func start(_ size: Size) async throws -> BenchmarkEnvironment {
        let pgbench = try Pgbench.newest()
        var options = PrivatePostgres.Options()
        options.isDurable = true
        // Settings of a production server. A checkpoint during a round would distort only one of the two values.
        options.settings = ["shared_buffers": "512MB", "max_wal_size": "4GB", "checkpoint_timeout": "30min"]
        Progress.report("starting PostgreSQL")
        var logger = Logger(label: "bench")
        logger.logLevel = .error
        return BenchmarkEnvironment(size: size, server: try await PrivatePostgres.start(options), pgbench: pgbench, logger: logger)
    }

    func tearDown() async { await server.discard() }

    /// The process of the server.
    func serverPID() throws -> pid_t {
        let text = try String(contentsOfFile: server.dataFolder + "/postmaster.pid", encoding: .utf8)
        guard let pid = text.split(separator: "\n").first.flatMap({ pid_t($0) }) else {
            throw BenchmarkError("PostgreSQL has no process id")
        }
        return pid
    }

    /// Creates a database with these tables.
    func database(_ name: String, tables: String, connections: Int) async throws -> Database {
        var configuration = try await server.temporaryDatabase(name)
        configuration.maximumConnections = connections
        let pool = PostgresPool(configuration, logger: logger)
        try await pool.withConnection { try await $0.script(tables) }
        return Database(configuration: configuration, pool: pool)
    }

    /// Creates a database with the tables of messaging and these tables.
    func messagingDatabase(_ name: String, tables: String = "", connections: Int = 12) async throws -> Database {
        let all = MessagingMigrations.all.map(\.sql) + (tables.isEmpty ? [] : [tables])
        return try await database(name, tables: all.joined(separator: ";\n"), connections: connections)
    }
}

/// A database, used by Quan and by pgbench.
struct Database: Sendable {
    let configuration: PostgresConfiguration
    let pool: PostgresPool

    func number(_ sql: String) async throws -> Int64 {
        let statement = PostgresStatement("bench.number", sql)
        return try await pool.withConnection { try await $0.query(statement).first?.decode(column: 0, as: Int64.self) ?? 0 }
    }

    func close() async { await pool.close(deadline: .seconds(5)) }
}

/// A broker with the topics of some services; also starts services in this process.
struct Broker: Sendable {
    let embedded: EmbeddedBroker
    let logger: Logger

    private let partitions: Int

    init(services: [String], partitions: Int = 8, logger: Logger) throws {
        self.partitions = partitions
        let topics = Set(services.flatMap(Topic.all(of:))).sorted().map { (name: $0, partitions: partitions) }
        embedded = try EmbeddedBroker(brokers: 1, topics: topics)
        self.logger = logger
    }

    /// Stops the broker; its records are lost.
    func close() async { await embedded.close() }

    var kafka: KafkaConfiguration { KafkaConfiguration(bootstrapServers: embedded.bootstrapServers, clientID: "bench") }

    func start<Rows: UnitOfWork>(_ registry: HandlerRegistry<Rows>, on database: Database) throws -> Running<Rows> {
        // Requests for existing topics fail, which is harmless.
        for topic in registry.usedTopics { try? embedded.createTopic(topic, partitions: partitions) }
        let runtime = try MessagingRuntime(registry, pool: database.pool, kafka: kafka, options: .embeddedBroker, logger: logger)
        return Running(runtime: runtime, task: Task { try await runtime.run() })
    }
}

/// A service that runs in this process.
struct Running<Rows: UnitOfWork>: Sendable {
    let runtime: MessagingRuntime<Rows>
    let task: Task<Void, any Error>

    func stop() async throws {
        task.cancel()
        try await task.value
    }
}
