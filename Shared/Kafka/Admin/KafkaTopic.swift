/// A topic as it is wanted.
public struct KafkaTopic: Sendable, Hashable {
    /// Its name.
    public var name: String
    /// How many partitions it has.
    public var partitions: Int
    /// How many brokers keep each partition.
    public var replication: Int
    /// Kafka's topic settings, such as `cleanup.policy` or `min.insync.replicas`.
    public var configuration: [String: String]

    /// - Parameters:
    ///   - name: its name
    ///   - partitions: how many partitions
    ///   - replication: how many brokers keep each partition
    ///   - configuration: Kafka's topic settings
    public init(name: String, partitions: Int, replication: Int, configuration: [String: String] = [:]) {
        self.name = name
        self.partitions = partitions
        self.replication = replication
        self.configuration = configuration
    }
}

/// A topic as the cluster has it.
public struct KafkaTopicDescription: Sendable, Hashable {
    /// One of its partitions.
    public struct Partition: Sendable, Hashable {
        /// Its number.
        public let id: Int32
        /// The broker that leads it; nil while none does.
        public let leader: Int32?
        /// The brokers that keep it.
        public let replicas: [Int32]
        /// Those of them that are in step.
        public let inSyncReplicas: [Int32]
    }

    /// The topic's name.
    public let name: String
    /// Its partitions by number.
    public let partitions: [Partition]

    /// Whether every partition has a leader.
    public var isLed: Bool { partitions.allSatisfy { $0.leader != nil } }

    /// How many brokers keep the partition that fewest keep.
    public var copies: Int { partitions.map(\.replicas.count).min() ?? 0 }

    init?(_ metadata: RDTopicMetadata) {
        guard metadata.errorCode == 0, !metadata.partitions.isEmpty else { return nil }
        name = metadata.name
        partitions = metadata.partitions.map {
            Partition(id: $0.id, leader: $0.leader >= 0 ? $0.leader : nil, replicas: $0.replicas, inSyncReplicas: $0.inSyncReplicas)
        }
    }

    func serves(_ topic: KafkaTopic) -> Bool {
        name == topic.name && partitions.count >= topic.partitions
            && partitions.allSatisfy { $0.leader != nil && $0.inSyncReplicas.count >= topic.replication }
    }
}

extension RDClient {
    /// The topics that the cluster shows this client, by name.
    func descriptions(deadline: ContinuousClock.Instant) throws(KafkaError) -> [String: KafkaTopicDescription] {
        let found = try topics(deadline: deadline).compactMap { KafkaTopicDescription($0) }
        return Dictionary(found.map { ($0.name, $0) }) { first, _ in first }
    }
}
