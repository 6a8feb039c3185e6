public import Kafka
public import Messages

extension KafkaTopic {
    /// A topic of the platform with the settings of these options.
    public init(_ topic: PlatformTopic, _ options: MessagingOptions) {
        self.init(
            name: topic.name, partitions: topic.isSpread ? options.partitionsPerTopic : 1, replication: options.replicationFactor,
            configuration: [
                // Never compacted, because all messages of a key are needed.
                "cleanup.policy": "delete",
                "retention.ms": String(topic.retentionDays * 86_400_000),
                "min.insync.replicas": String(options.effectiveMinInsyncReplicas),
                // The largest record plus Kafka's overhead.
                "max.message.bytes": String(MessageLimits.recordBytes + (16 << 10)),
            ])
    }
}

extension MessagingOptions {
    /// The number of in-sync replicas required to accept a record: as configured, but at most one less than there are replicas, so that one
    /// broker may be down.
    var effectiveMinInsyncReplicas: Int { min(minInsyncReplicas, max(1, replicationFactor - 1)) }
}
