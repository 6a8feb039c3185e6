import Logging
import Synchronization

/// Kafka brokers inside this process: librdkafka's mock cluster, which speaks the real protocol over loopback TCP, so that other
/// processes reach it too.
///
/// What it does not do: it keeps about 5 MiB (as stored, so after compression) a partition, in memory, and forgets what is older;
/// its idempotence and transactions are hollow; it answers no admin requests, so topics are made with `createTopic`; a first
/// consumer of a group waits 3 s for others, and a later rebalance up to the session's timeout.
public final class EmbeddedBroker: Sendable {
    /// The addresses of the brokers, for `KafkaConfiguration`.
    public let bootstrapServers: String

    private let cluster: Mutex<RDMockCluster?>
    private let replication: Int

    /// Starts the brokers, which are numbered from 1.
    /// - Parameters:
    ///   - brokers: how many, at least 1
    ///   - topics: the topics there are from the start
    /// - Throws: `KafkaError` when no port can be listened on or a topic's name is not allowed
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
        Logger(label: "quan.kafka").error("an embedded broker was dropped without close(); it runs on until the process ends")
    }

    /// Makes a topic.
    /// - Throws: `KafkaError` (`TOPIC_ALREADY_EXISTS` when there is one of that name)
    public func createTopic(_ name: String, partitions: Int) throws {
        try use { cluster throws(KafkaError) in try cluster.createTopic(name, partitions: partitions, replication: replication) }
    }

    /// Disconnects everybody from a broker and lets nobody connect.
    /// - Parameter broker: its number from 1, or nil for all
    public func setDown(broker: Int32? = nil) throws {
        try use { cluster throws(KafkaError) in try cluster.setDown(broker ?? -1) }
    }

    /// Lets clients connect to a broker again.
    /// - Parameter broker: its number from 1, or nil for all
    public func setUp(broker: Int32? = nil) throws {
        try use { cluster throws(KafkaError) in try cluster.setUp(broker ?? -1) }
    }

    /// Has every answer of a broker come this much later; zero takes that back.
    /// - Parameters:
    ///   - roundTrip: the delay
    ///   - broker: its number from 1, or nil for all
    public func setRoundTrip(_ roundTrip: Duration, broker: Int32? = nil) throws {
        try use { cluster throws(KafkaError) in
            try cluster.setRoundTrip(broker ?? -1, milliseconds: Int32(clamping: roundTrip.milliseconds))
        }
    }

    /// Moves a partition to another leader; -1 leaves it without one.
    public func setLeader(of id: TopicPartition, broker: Int32) throws {
        try use { cluster throws(KafkaError) in try cluster.setLeader(id, broker: broker) }
    }

    /// Moves a group to another coordinator.
    public func setCoordinator(ofGroup group: String, broker: Int32) throws {
        try use { cluster throws(KafkaError) in try cluster.setCoordinator(ofGroup: group, broker: broker) }
    }

    /// Has the next requests of a kind fail, one for each code.
    /// - Parameters:
    ///   - api: the kind of request
    ///   - codes: Kafka's error codes in order; -195 (`_TRANSPORT`) cuts the connection instead, 0 lets one pass
    public func pushErrors(api: KafkaAPI, codes: [Int32]) throws {
        try use { cluster throws(KafkaError) in cluster.pushErrors(api: api.rawValue, codes: codes) }
    }

    /// Takes back the errors of a kind of request that have not come yet.
    public func clearErrors(api: KafkaAPI) throws {
        try use { cluster throws(KafkaError) in cluster.clearErrors(api: api.rawValue) }
    }

    /// Stops the brokers. Everything in them is gone.
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

/// Kinds of request, for faults of the embedded broker. The numbers are the protocol's.
public enum KafkaAPI: Int16, Sendable, CaseIterable {
    /// A producer's records.
    case produce = 0
    /// A consumer asks for records.
    case fetch = 1
    /// Where a log begins or ends.
    case listOffsets = 2
    /// Topics, partitions, leaders.
    case metadata = 3
    /// A group's progress is stored.
    case offsetCommit = 8
    /// A group's progress is read.
    case offsetFetch = 9
    /// Which broker keeps a group.
    case findCoordinator = 10
    /// A consumer joins its group.
    case joinGroup = 11
    /// A consumer says that it lives.
    case heartbeat = 12
    /// A consumer leaves its group.
    case leaveGroup = 13
    /// A consumer is told its partitions.
    case syncGroup = 14
    /// An idempotent producer gets its number.
    case initProducerID = 22
}
