import Foundation
public import Kafka
public import Logging
import Messages
public import Messaging
public import Postgres
import Synchronization

/// A broker of its own and a shared PostgreSQL, on which services run inside the test's own process.
///
/// ```swift
/// try await MessagingStage.with(services: ["counter", "asker"]) { stage in
///     let counter = try await stage.start(CounterService.contents, tables: CounterService.table)
///     ...
/// }
/// ```
public final class MessagingStage: Sendable {
    /// The broker: real protocol over TCP, in memory.
    public var broker: EmbeddedBroker { props.withLock { $0.broker } }
    /// What the services log goes here.
    public let logger: Logger
    private let server: PrivatePostgres
    private let props: Mutex<Props>
    private let partitions: Int

    /// What is cleared away when the play is over.
    private struct Props {
        var broker: EmbeddedBroker
        var topics: Set<String>
        var services: [@Sendable () async -> Void] = []
        var pools: [PostgresPool] = []
    }

    private init(topics: Set<String>, partitions: Int, server: PrivatePostgres, logger: Logger) throws {
        self.partitions = partitions
        self.server = server
        self.logger = logger
        props = Mutex(Props(broker: try Self.broker(topics, partitions), topics: topics))
    }

    /// A new broker in the place of the old one, with the same topics and nothing in them. Services started before do not find it.
    public func loseBroker() async throws {
        let fresh = try Self.broker(props.withLock { $0.topics }, partitions)
        let old = props.withLock { props in
            defer { props.broker = fresh }
            return props.broker
        }
        await old.close()
    }

    private static func broker(_ topics: Set<String>, _ partitions: Int) throws -> EmbeddedBroker {
        try EmbeddedBroker(brokers: 1, topics: topics.sorted().map { (name: $0, partitions: partitions) })
    }

    /// Makes topics that are not there yet.
    private func make(_ topics: Set<String>) throws {
        try props.withLock { props in
            for topic in topics.subtracting(props.topics).sorted() { try props.broker.createTopic(topic, partitions: partitions) }
            props.topics.formUnion(topics)
        }
    }

    /// Sets the stage for `services`, runs `play`, and clears up: services that still run are stopped. A few stages are set at
    /// once, more wait their turn: each has a broker and clients with threads of their own.
    public static func with<R: Sendable>(
        services: [String], partitions: Int = 4, _ play: (MessagingStage) async throws -> R
    ) async throws -> R {
        // A service of the platform begins when all the topics that it uses are there.
        let used = services.flatMap { Topic.all(of: $0) + PlatformTopic.used(by: $0).map(\.name) }
        await StageDoor.shared.enter()
        defer { StageDoor.shared.leave() }
        var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        let stage = try MessagingStage(
            topics: Set(used), partitions: partitions, server: try await PrivatePostgres.shared(), logger: logger)
        do {
            let result = try await play(stage)
            await stage.clear()
            return result
        } catch {
            await stage.clear()
            throw error
        }
    }

    private func clear() async {
        let props = props.withLock { $0 }
        await withTaskGroup(of: Void.self) { group in
            for stop in props.services { group.addTask { await stop() } }
        }
        for pool in props.pools { await pool.close(deadline: .seconds(2)) }
        await broker.close()
    }

    /// How to reach the broker.
    public var kafka: KafkaConfiguration { KafkaConfiguration(bootstrapServers: broker.bootstrapServers, clientID: "test") }

    /// A database of its own with messaging's tables and the service's.
    ///
    /// On the server that all tests share, or on one of the test's own.
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

    /// A pool that is closed when the play is over.
    public func pool(_ configuration: PostgresConfiguration) -> PostgresPool {
        let pool = PostgresPool(configuration, logger: logger)
        props.withLock { $0.pools.append(pool) }
        return pool
    }

    /// Starts a service in this process on a database; `stop` ends it in order. The topics that its table names are made where they are missing.
    public func start<Rows: WorkingRows>(
        _ contents: Contents<Rows>, on pool: PostgresPool, options: MessagingOptions = .embeddedBroker, faults: FaultHook? = nil
    ) throws -> RunningService<Rows> {
        try make(contents.usedTopics)
        let runtime = try MessagingRuntime(contents, pool: pool, kafka: kafka, options: options, faults: faults, logger: logger)
        let service = RunningService(runtime: runtime, pool: pool)
        props.withLock { $0.services.append { try? await service.stop() } }
        return service
    }
}

/// A service at work in the test's process.
public final class RunningService<Rows: WorkingRows>: Sendable {
    /// Its messaging.
    public let runtime: MessagingRuntime<Rows>
    /// Its database.
    public let pool: PostgresPool
    private let task: Task<Void, any Error>

    init(runtime: MessagingRuntime<Rows>, pool: PostgresPool) {
        self.runtime = runtime
        self.pool = pool
        task = Task { try await runtime.run() }
    }

    /// Ends it in order.
    public func stop() async throws {
        task.cancel()
        try await task.value
    }

    /// One number from its database.
    public func number(_ sql: String) async throws -> Int64 {
        try await pool.withConnection { connection in
            try await connection.query(PostgresStatement("test.\(sql.hashValue)", sql)).first?.decode(column: 0, as: Int64.self) ?? 0
        }
    }
}

/// Waits until something holds, looking every few milliseconds. Throws `NeverHappened` when it does not hold by the deadline.
public func eventually(
    _ what: String, within deadline: Duration = .seconds(60), _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + deadline
    var pause = Duration.milliseconds(5)
    while true {
        if try await condition() { return }
        guard ContinuousClock.now < end else { throw NeverHappened(what: what, within: deadline) }
        try await Task.sleep(for: pause)
        pause = min(pause * 2, .milliseconds(200))
    }
}

/// Something that was waited for did not come about.
public struct NeverHappened: Error, CustomStringConvertible {
    let what: String
    let within: Duration
    /// What was waited for, and how long.
    public var description: String { "it never happened within \(within): \(what)" }
}
