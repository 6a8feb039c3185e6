/// The desired configuration of a topic.
public struct KafkaTopic: Sendable, Hashable {
    /// The topic's name.
    public var name: String
    /// The number of partitions.
    public var partitions: Int
    /// The replication factor.
    public var replication: Int
    /// Kafka's topic settings, such as `cleanup.policy` or `min.insync.replicas`.
    public var configuration: [String: String]

    /// - Parameters:
    ///   - name: the topic's name
    ///   - partitions: the number of partitions
    ///   - replication: the replication factor
    ///   - configuration: Kafka's topic settings
    public init(name: String, partitions: Int, replication: Int, configuration: [String: String] = [:]) {
        self.name = name
        self.partitions = partitions
        self.replication = replication
        self.configuration = configuration
    }
}

/// The state of a topic in the cluster.
public struct KafkaTopicDescription: Sendable, Hashable {
    /// The state of a partition.
    public struct Partition: Sendable, Hashable {
        /// The partition's number.
        public let id: Int32
        /// The leader's broker id; nil while there is no leader.
        public let leader: Int32?
        /// The ids of the brokers with a replica.
        public let replicas: [Int32]
        /// The ids of the brokers whose replica is in sync.
        public let inSyncReplicas: [Int32]
    }

    /// The topic's name.
    public let name: String
    /// The partitions, ordered by number.
    public let partitions: [Partition]

    /// Whether every partition has a leader.
    public var hasLeaders: Bool { partitions.allSatisfy { $0.leader != nil } }

    /// The smallest number of replicas of a partition.
    public var copies: Int { partitions.map(\.replicas.count).min() ?? 0 }

    init?(_ metadata: RDTopicMetadata) {
        guard metadata.errorCode == 0, !metadata.partitions.isEmpty else { return nil }
        name = metadata.name
        partitions = metadata.partitions.map {
            Partition(id: $0.id, leader: $0.leader >= 0 ? $0.leader : nil, replicas: $0.replicas, inSyncReplicas: $0.inSyncReplicas)
        }
    }

    func satisfies(_ topic: KafkaTopic) -> Bool {
        name == topic.name && partitions.count >= topic.partitions
            && partitions.allSatisfy { $0.leader != nil && $0.inSyncReplicas.count >= topic.replication }
    }
}

extension RDClient {
    /// The topics that are visible to this client, by name.
    func descriptions(deadline: ContinuousClock.Instant) throws(KafkaError) -> [String: KafkaTopicDescription] {
        let found = try topics(deadline: deadline).compactMap { KafkaTopicDescription($0) }
        return Dictionary(found.map { ($0.name, $0) }) { first, _ in first }
    }
}
