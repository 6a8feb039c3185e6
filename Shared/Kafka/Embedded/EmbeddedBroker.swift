import Logging
import Synchronization

/// Kafka brokers inside this process: librdkafka's mock cluster, which implements the Kafka protocol over loopback TCP, so that other
/// processes can connect too.
///
/// Limits: it keeps about 5 MiB (after compression) a partition, in memory, and deletes older records; idempotence and transactions
/// are not checked; it answers no admin requests, so topics are created with `createTopic`; the first consumer of a group waits 3 s
/// for others, and a later rebalance takes up to the session timeout.
public final class EmbeddedBroker: Sendable {
    /// The addresses of the brokers, for `KafkaConfiguration`.
    public let bootstrapServers: String

    private let cluster: Mutex<RDMockCluster?>
    private let replication: Int

    /// Starts the brokers, which are numbered from 1.
    /// - Parameters:
    ///   - brokers: the number of brokers, at least 1
    ///   - topics: the topics to create
    /// - Throws: `KafkaError` when it cannot listen on a port or a topic's name is invalid
    public init(brokers: Int = 1, topics: [(name: String, partitions: Int)] = []) throws {
        let started = try RDMockCluster(brokers: max(1, brokers))
        bootstrapServers = started.bootstrapServers
        replication = min(3, max(1, brokers))
        cluster = Mutex(started)
        do {
            for topic in topics { try started.createTopic(topic.name, partitions: topic.partitions, replication: replication) }
        } catch {
            started.destroy()
            cluster.withLock { $0 = nil }
            throw error
        }
    }

    deinit {
        guard cluster.withLock({ $0 != nil }) else { return }
        Logger(label: "quan.kafka").error("an embedded broker was deallocated without close(); it runs until the process ends")
    }

    /// Creates a topic.
    /// - Throws: `KafkaError` (`TOPIC_ALREADY_EXISTS` when the name is taken)
    public func createTopic(_ name: String, partitions: Int) throws {
        try use { cluster throws(KafkaError) in try cluster.createTopic(name, partitions: partitions, replication: replication) }
    }

    /// Closes all connections of a broker and refuses new ones.
    /// - Parameter broker: its number from 1, or nil for all
    public func setDown(broker: Int32? = nil) throws {
        try use { cluster throws(KafkaError) in try cluster.setDown(broker ?? -1) }
    }

    /// Lets clients connect to a broker again.
    /// - Parameter broker: its number from 1, or nil for all
    public func setUp(broker: Int32? = nil) throws {
        try use { cluster throws(KafkaError) in try cluster.setUp(broker ?? -1) }
    }

    /// Delays every response of a broker; zero removes the delay.
    /// - Parameters:
    ///   - roundTrip: the delay
    ///   - broker: its number from 1, or nil for all
    public func setRoundTrip(_ roundTrip: Duration, broker: Int32? = nil) throws {
        try use { cluster throws(KafkaError) in
            try cluster.setRoundTrip(broker ?? -1, milliseconds: Int32(clamping: roundTrip.milliseconds))
        }
    }

    /// Sets the leader of a partition; -1 leaves it without a leader.
    public func setLeader(of id: TopicPartition, broker: Int32) throws {
        try use { cluster throws(KafkaError) in try cluster.setLeader(id, broker: broker) }
    }

    /// Sets the coordinator of a group.
    public func setCoordinator(ofGroup group: String, broker: Int32) throws {
        try use { cluster throws(KafkaError) in try cluster.setCoordinator(ofGroup: group, broker: broker) }
    }

    /// Makes the next requests of a type fail, one for each code.
    /// - Parameters:
    ///   - api: the request type
    ///   - codes: Kafka's error codes in order; -195 (`_TRANSPORT`) closes the connection instead, 0 lets a request succeed
    public func pushErrors(api: KafkaAPI, codes: [Int32]) throws {
        try use { cluster throws(KafkaError) in cluster.pushErrors(api: api.rawValue, codes: codes) }
    }

    /// Removes the errors of a request type that have not been returned yet.
    public func clearErrors(api: KafkaAPI) throws {
        try use { cluster throws(KafkaError) in cluster.clearErrors(api: api.rawValue) }
    }

    /// Stops the brokers. All their data is lost.
    public func close() async {
        guard let running = cluster.withLock({ $0.take() }) else { return }
        let ended = Signal()
        DedicatedThread.start("kafka-embedded-close") {
            running.destroy()
            ended.fire()
        }
        await ended.wait()
    }

    private func use(_ body: (RDMockCluster) throws(KafkaError) -> Void) throws(KafkaError) {
        try cluster.withLock { cluster throws(KafkaError) in
            guard let cluster else { throw KafkaError(code: KafkaError.Code.closed, "the embedded broker is closed") }
            try body(cluster)
        }
    }
}

/// Request types, for faults of the embedded broker. The values are the protocol's API keys.
public enum KafkaAPI: Int16, Sendable, CaseIterable {
    /// Sends records.
    case produce = 0
    /// Reads records.
    case fetch = 1
    /// Reads the first or the end offset of a log.
    case listOffsets = 2
    /// Reads topics, partitions and leaders.
    case metadata = 3
    /// Commits a group's offsets.
    case offsetCommit = 8
    /// Reads a group's committed offsets.
    case offsetFetch = 9
    /// Finds the coordinator of a group.
    case findCoordinator = 10
    /// Joins a group.
    case joinGroup = 11
    /// Keeps a group membership alive.
    case heartbeat = 12
    /// Leaves a group.
    case leaveGroup = 13
    /// Reads a member's assignment.
    case syncGroup = 14
    /// Obtains the id of an idempotent producer.
    case initProducerID = 22
}
