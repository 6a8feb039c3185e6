public import Kafka
public import Messages

extension KafkaTopic {
    /// A topic of the platform as an installation with these options wants it.
    public init(_ topic: PlatformTopic, _ options: MessagingOptions) {
        self.init(
            name: topic.name, partitions: topic.isSpread ? options.partitionsATopic : 1, replication: options.replicationFactor,
            configuration: [
                // Nothing is ever compacted: a key's messages are all wanted, in their order.
                "cleanup.policy": "delete",
                "retention.ms": String(topic.retentionDays * 86_400_000),
                "min.insync.replicas": String(options.copiesInStep),
                // What the largest record takes with what Kafka puts around it.
                "max.message.bytes": String(MessageLimits.recordBytes + (16 << 10)),
            ])
    }
}

extension MessagingOptions {
    /// How many copies must be in step for a record to be taken: as configured, but one less than there are at most, so that a broker may be
    /// away.
    var copiesInStep: Int { min(minInsyncReplicas, max(1, replicationFactor - 1)) }
}
