import Foundation
public import Kafka
public import Logging
import Messages
public import Messaging
public import Postgres
import Synchronization

/// A separate embedded broker and a shared PostgreSQL server, for services that run in the test's process.
///
/// ```swift
/// try await MessagingFixture.with(services: ["counter", "asker"]) { fixture in
///     let pool = try await fixture.database("counter", tables: CounterService.table)
///     let counter = try fixture.start(CounterService.registry, on: pool)
///     ...
/// }
/// ```
public final class MessagingFixture: Sendable {
    /// The embedded broker.
    public var broker: EmbeddedBroker { resources.withLock { $0.broker } }
    /// The logger of the services.
    public let logger: Logger
    private let server: PrivatePostgres
    private let resources: Mutex<Resources>
    private let partitions: Int

    /// The resources that are released at the end.
    private struct Resources {
        var broker: EmbeddedBroker
        var topics: Set<String>
        var services: [@Sendable () async -> Void] = []
        var pools: [PostgresPool] = []
    }

    private init(topics: Set<String>, partitions: Int, server: PrivatePostgres, logger: Logger) throws {
        self.partitions = partitions
        self.server = server
        self.logger = logger
        resources = Mutex(Resources(broker: try Self.broker(topics, partitions), topics: topics))
    }

    /// Replaces the broker by a new one with the same, empty topics. Services that are already running do not connect to it.
    public func loseBroker() async throws {
        let newBroker = try Self.broker(resources.withLock { $0.topics }, partitions)
        let old = resources.withLock { resources in
            defer { resources.broker = newBroker }
            return resources.broker
        }
        await old.close()
    }

    private static func broker(_ topics: Set<String>, _ partitions: Int) throws -> EmbeddedBroker {
        try EmbeddedBroker(brokers: 1, topics: topics.sorted().map { (name: $0, partitions: partitions) })
    }

    /// Creates the topics that do not exist yet.
    private func createTopics(_ topics: Set<String>) throws {
        try resources.withLock { resources in
            for topic in topics.subtracting(resources.topics).sorted() { try resources.broker.createTopic(topic, partitions: partitions) }
            resources.topics.formUnion(topics)
        }
    }

    /// Creates a fixture for `services`, runs `body`, and releases everything: running services are stopped. The number of fixtures at a
    /// time is limited, because each has a broker and clients with their own threads.
    public static func with<R: Sendable>(
        services: [String], partitions: Int = 4, _ body: (MessagingFixture) async throws -> R
    ) async throws -> R {
        // A service starts only when all its topics exist.
        let used = services.flatMap { Topic.all(of: $0) + PlatformTopic.used(by: $0).map(\.name) }
        await ConcurrencyLimiter.shared.enter()
        defer { ConcurrencyLimiter.shared.leave() }
        var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        let fixture = try MessagingFixture(
            topics: Set(used), partitions: partitions, server: try await PrivatePostgres.shared(), logger: logger)
        do {
            let result = try await body(fixture)
            await fixture.release()
            return result
        } catch {
            await fixture.release()
            throw error
        }
    }

    private func release() async {
        let resources = resources.withLock { $0 }
        await withTaskGroup(of: Void.self) { group in
            for stop in resources.services { group.addTask { await stop() } }
        }
        for pool in resources.pools { await pool.close(deadline: .seconds(2)) }
        await broker.close()
    }

    /// The connection settings of the broker.
    public var kafka: KafkaConfiguration { KafkaConfiguration(bootstrapServers: broker.bootstrapServers, clientID: "test") }

    /// Creates a database with the tables of messaging and of the service.
    ///
    /// - Parameter own: the server; nil for the server that all tests share.
    public func database(_ service: String, tables: String = "", on own: PrivatePostgres? = nil) async throws -> PostgresPool {
        var configuration = try await (own ?? server).temporaryDatabase(service.replacing("-", with: "_"))
        configuration.maximumConnections = 12
        let pool = self.pool(configuration)
        try await pool.withConnection { connection in
            for migration in MessagingMigrations.all { try await connection.script(migration.sql) }
            if !tables.isEmpty { try await connection.script(tables) }
        }
        return pool
    }

    /// Creates a pool that is closed at the end of the fixture.
    public func pool(_ configuration: PostgresConfiguration) -> PostgresPool {
        let pool = PostgresPool(configuration, logger: logger)
        resources.withLock { $0.pools.append(pool) }
        return pool
    }

    /// Starts a service in this process on a database; `stop` stops it. Missing topics of its registry are created.
    public func start<Rows: UnitOfWork>(
        _ registry: HandlerRegistry<Rows>, on pool: PostgresPool, options: MessagingOptions = .embeddedBroker, faults: FaultHook? = nil
    ) throws -> RunningService<Rows> {
        try createTopics(registry.usedTopics)
        let runtime = try MessagingRuntime(registry, pool: pool, kafka: kafka, options: options, faults: faults, logger: logger)
        let service = RunningService(runtime: runtime, pool: pool)
        resources.withLock { $0.services.append { try? await service.stop() } }
        return service
    }
}

/// A service that runs in the test's process.
public final class RunningService<Rows: UnitOfWork>: Sendable {
    /// The service's messaging.
    public let runtime: MessagingRuntime<Rows>
    /// The service's database.
    public let pool: PostgresPool
    private let task: Task<Void, any Error>

    init(runtime: MessagingRuntime<Rows>, pool: PostgresPool) {
        self.runtime = runtime
        self.pool = pool
        task = Task { try await runtime.run() }
    }

    /// Stops the service gracefully.
    public func stop() async throws {
        task.cancel()
        try await task.value
    }

    /// Runs a query and returns its number.
    public func number(_ sql: String) async throws -> Int64 {
        try await pool.withConnection { connection in
            try await connection.query(PostgresStatement("test.\(sql.hashValue)", sql)).first?.decode(column: 0, as: Int64.self) ?? 0
        }
    }
}

/// Waits until the condition holds, checking it every few milliseconds. Throws `WaitTimeout` at the deadline.
public func eventually(
    _ what: String, within deadline: Duration = .seconds(60), _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + deadline
    var pause = Duration.milliseconds(5)
    while true {
        if try await condition() { return }
        guard ContinuousClock.now < end else { throw WaitTimeout(what: what, within: deadline) }
        try await Task.sleep(for: pause)
        pause = min(pause * 2, .milliseconds(200))
    }
}

/// A condition that did not hold by the deadline.
public struct WaitTimeout: Error, CustomStringConvertible {
    let what: String
    let within: Duration
    /// The condition and the timeout.
    public var description: String { "timed out after \(within) waiting for: \(what)" }
}
