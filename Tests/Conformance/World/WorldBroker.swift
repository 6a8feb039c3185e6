import Kafka
import Logging
import Messages
import Synchronization
import TestKit

/// What the suite runs against.
enum Backing: Sendable, Hashable, CustomStringConvertible {
    /// librdkafka's mock cluster in this process.
    case embedded
    /// Brokers of somebody else's.
    case cluster(bootstrapServers: String)

    var isEmbedded: Bool { self == .embedded }

    /// How long a consumer may be silent. A real broker takes no less than 6 s; the embedded one keeps a first consumer waiting for
    /// 3 s, in which it is silent.
    var sessionMilliseconds: Int { isEmbedded ? 4000 : 6000 }

    var description: String { isEmbedded ? "the embedded broker" : "a Kafka cluster" }
}

/// A world's brokers.
final class WorldBroker: Sendable {
    static let partitions = 4
    private static let brokers = 3
    private static let topics = Set(Topic.all(of: "counter") + Topic.all(of: "asker")).sorted()

    private let backing: Backing
    private let running: Mutex<EmbeddedBroker?>
    private let logger: Logger

    init(_ backing: Backing, logger: Logger) async throws {
        self.backing = backing
        self.logger = logger
        running = Mutex(nil)
        switch backing {
        case .embedded: try startEmbedded()
        case .cluster: try await makeTopics()
        }
    }

    private func startEmbedded() throws {
        let broker = try EmbeddedBroker(brokers: Self.brokers, topics: Self.topics.map { (name: $0, partitions: Self.partitions) })
        running.withLock { $0 = broker }
    }

    /// Topics of an earlier run go, with their groups' offsets.
    private func makeTopics() async throws {
        try await withAdmin { admin in
            try await admin.deleteTopics(Self.topics, deadline: .seconds(30))
            try await eventually("the old topics are gone", within: .seconds(60)) {
                try await admin.describe(Self.topics, deadline: .seconds(10)).isEmpty
            }
            let wanted = Self.topics.map { KafkaTopic(name: $0, partitions: Self.partitions, replication: Self.brokers) }
            do {
                let failures = try await admin.createTopics(wanted, deadline: .seconds(30))
                if let failure = failures.values.first { throw failure }
                try await admin.waitUntilThere(wanted, deadline: .seconds(60))
            } catch {
                throw WorldError("a cluster for this suite has three brokers and lets topics be made: \(error)")
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

    /// How to reach the brokers that run now.
    var kafka: KafkaConfiguration { KafkaConfiguration(bootstrapServers: bootstrapServers, clientID: "conformance") }

    var bootstrapServers: String {
        switch backing {
        case .embedded: running.withLock { $0?.bootstrapServers ?? "127.0.0.1:1" }
        case .cluster(let servers): servers
        }
    }

    /// The hand on the embedded broker; nil where there is none.
    var hand: EmbeddedBroker? { running.withLock { $0 } }

    /// All is up, quick and without errors.
    func heal() throws {
        guard let hand else { return }
        try hand.setUp()
        try hand.setRoundTrip(.zero)
        for api in KafkaAPI.allCases { try hand.clearErrors(api: api) }
    }

    /// Ends the embedded brokers with all they hold, and starts new ones at new addresses.
    func wipe() async throws {
        let old = running.withLock { $0.take() }
        await old?.close()
        try startEmbedded()
    }

    func close() async {
        let old = running.withLock { $0.take() }
        await old?.close()
    }

    /// Has everything vanish that lies in these topics now.
    func evict(_ topics: [String]) async throws {
        if backing.isEmbedded {
            try await Filler(kafka: kafka, logger: logger).push(out: topics, partitions: Self.partitions)
        } else {
            try await deleteRecords(topics)
        }
    }

    private func deleteRecords(_ topics: [String]) async throws {
        // -1 is the end of the log, in a call to delete records.
        let ends = topics.flatMap { topic in
            (0..<Int32(Self.partitions)).map { (TopicPartition(topic: topic, partition: $0), Int64(-1)) }
        }
        try await withAdmin { admin in
            try await admin.deleteRecords(before: Dictionary(uniqueKeysWithValues: ends), deadline: .seconds(30))
        }
    }
}
