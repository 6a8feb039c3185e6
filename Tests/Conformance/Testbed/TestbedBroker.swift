import Kafka
import Logging
import Messages
import Synchronization
import TestKit

/// The kind of broker against which the suite runs.
enum BrokerKind: Sendable, Hashable, CustomStringConvertible {
    /// librdkafka's mock cluster in this process.
    case embedded
    /// An existing Kafka cluster.
    case cluster(bootstrapServers: String)

    var isEmbedded: Bool { self == .embedded }

    /// The consumers' session timeout in milliseconds. A real broker accepts at least 6 s; the embedded one delays the first consumer by 3
    /// s, during which it sends no heartbeat.
    var sessionMilliseconds: Int { isEmbedded ? 4000 : 6000 }

    var description: String { isEmbedded ? "the embedded broker" : "a Kafka cluster" }
}

/// The brokers of a test bed.
final class TestbedBroker: Sendable {
    static let partitions = 4
    private static let brokers = 3
    private static let topics = Set(Topic.all(of: "counter") + Topic.all(of: "asker")).sorted()

    private let brokerKind: BrokerKind
    private let running: Mutex<EmbeddedBroker?>
    private let logger: Logger

    init(_ brokerKind: BrokerKind, logger: Logger) async throws {
        self.brokerKind = brokerKind
        self.logger = logger
        running = Mutex(nil)
        switch brokerKind {
        case .embedded: try startEmbedded()
        case .cluster: try await createTopics()
        }
    }

    private func startEmbedded() throws {
        let broker = try EmbeddedBroker(brokers: Self.brokers, topics: Self.topics.map { (name: $0, partitions: Self.partitions) })
        running.withLock { $0 = broker }
    }

    /// Creates the topics, after deleting those of an earlier run with their committed offsets.
    private func createTopics() async throws {
        try await withAdmin { admin in
            try await admin.deleteTopics(Self.topics, deadline: .seconds(30))
            try await eventually("the old topics are deleted", within: .seconds(60)) {
                try await admin.describe(Self.topics, deadline: .seconds(10)).isEmpty
            }
            let wanted = Self.topics.map { KafkaTopic(name: $0, partitions: Self.partitions, replication: Self.brokers) }
            do {
                let failures = try await admin.createTopics(wanted, deadline: .seconds(30))
                if let failure = failures.values.first { throw failure }
                try await admin.waitUntilAvailable(wanted, deadline: .seconds(60))
            } catch {
                throw TestbedError("a cluster for this suite needs three brokers and the right to create topics: \(error)")
            }
        }
    }

    func withAdmin(_ body: (KafkaAdmin) async throws -> Void) async throws {
        let admin = try KafkaAdmin(kafka, logger: logger)
        do {
            try await body(admin)
        } catch {
            await admin.close(deadline: .seconds(5))
            throw error
        }
        await admin.close(deadline: .seconds(5))
    }

    /// The configuration for the current brokers.
    var kafka: KafkaConfiguration { KafkaConfiguration(bootstrapServers: bootstrapServers, clientID: "conformance") }

    var bootstrapServers: String {
        switch brokerKind {
        case .embedded: running.withLock { $0?.bootstrapServers ?? "127.0.0.1:1" }
        case .cluster(let servers): servers
        }
    }

    /// The embedded broker; nil for a cluster.
    var embedded: EmbeddedBroker? { running.withLock { $0 } }

    /// Ends all faults of the embedded broker.
    func endFaults() throws {
        guard let embedded else { return }
        try embedded.setUp()
        try embedded.setRoundTrip(.zero)
        for api in KafkaAPI.allCases { try embedded.clearErrors(api: api) }
    }

    /// Replaces the embedded brokers, with all their data, by new ones at new addresses.
    func wipe() async throws {
        let old = running.withLock { $0.take() }
        await old?.close()
        try startEmbedded()
    }

    func close() async {
        let old = running.withLock { $0.take() }
        await old?.close()
    }

    /// Removes all current records of these topics.
    func evict(_ topics: [String]) async throws {
        if brokerKind.isEmbedded {
            try await LogFiller(kafka: kafka, logger: logger).push(out: topics, partitions: Self.partitions)
        } else {
            try await deleteRecords(topics)
        }
    }

    private func deleteRecords(_ topics: [String]) async throws {
        // In a request to delete records, -1 is the end of the log.
        let ends = topics.flatMap { topic in
            (0..<Int32(Self.partitions)).map { (TopicPartition(topic: topic, partition: $0), Int64(-1)) }
        }
        try await withAdmin { admin in
            try await admin.deleteRecords(before: Dictionary(uniqueKeysWithValues: ends), deadline: .seconds(30))
        }
    }
}
