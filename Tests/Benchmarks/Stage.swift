import Kafka
import Logging
import Messages
import Messaging
import Postgres
import TestKit

/// What all rows run on: one PostgreSQL server that is durable, and pgbench.
struct Stage: Sendable {
    let size: Size
    let server: PrivatePostgres
    let pgbench: Pgbench
    let logger: Logger

    static func set(_ size: Size) async throws -> Stage {
        let pgbench = try Pgbench.newest()
        var options = PrivatePostgres.Options()
        options.isDurable = true
        // As a server for this work would be set: a checkpoint in the middle of a round would hit one side by chance.
        options.settings = ["shared_buffers": "512MB", "max_wal_size": "4GB", "checkpoint_timeout": "30min"]
        Progress.say("starting PostgreSQL")
        var logger = Logger(label: "bench")
        logger.logLevel = .error
        return Stage(size: size, server: try await PrivatePostgres.start(options), pgbench: pgbench, logger: logger)
    }

    func clear() async { await server.discard() }

    /// A database of its own with these tables.
    func database(_ name: String, tables: String, connections: Int) async throws -> Database {
        var configuration = try await server.temporaryDatabase(name)
        configuration.maximumConnections = connections
        let pool = PostgresPool(configuration, logger: logger)
        try await pool.withConnection { try await $0.script(tables) }
        return Database(configuration: configuration, pool: pool)
    }

    /// The tables of messaging, and these.
    func messagingDatabase(_ name: String, tables: String = "", connections: Int = 12) async throws -> Database {
        let all = MessagingMigrations.all.map(\.sql) + (tables.isEmpty ? [] : [tables])
        return try await database(name, tables: all.joined(separator: ";\n"), connections: connections)
    }
}

/// A database, to us and to pgbench.
struct Database: Sendable {
    let configuration: PostgresConfiguration
    let pool: PostgresPool

    func number(_ sql: String) async throws -> Int64 {
        let statement = PostgresStatement("bench.number", sql)
        return try await pool.withConnection { try await $0.query(statement).first?.decode(column: 0, as: Int64.self) ?? 0 }
    }

    func close() async { await pool.close(deadline: .seconds(5)) }
}

/// A broker with the topics of some services, and what it takes to run them here.
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

    /// Ends the broker; what lies in it is gone.
    func close() async { await embedded.close() }

    var kafka: KafkaConfiguration { KafkaConfiguration(bootstrapServers: embedded.bootstrapServers, clientID: "bench") }

    func start<Rows: WorkingRows>(_ contents: Contents<Rows>, on database: Database) throws -> Running<Rows> {
        // Those that are there are refused.
        for topic in contents.usedTopics { try? embedded.createTopic(topic, partitions: partitions) }
        let runtime = try MessagingRuntime(contents, pool: database.pool, kafka: kafka, options: .embeddedBroker, logger: logger)
        return Running(runtime: runtime, task: Task { try await runtime.run() })
    }
}

/// A service at work in this process.
struct Running<Rows: WorkingRows>: Sendable {
    let runtime: MessagingRuntime<Rows>
    let task: Task<Void, any Error>

    func stop() async throws {
        task.cancel()
        try await task.value
    }
}
