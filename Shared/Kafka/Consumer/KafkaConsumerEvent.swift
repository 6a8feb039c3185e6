/// An event of a consumer other than records.
public enum KafkaConsumerEvent: Sendable, Hashable {
    /// Why reading does not continue at the committed offset.
    public enum PositionLoss: Sendable, Hashable {
        /// The group has no committed offset: a new group or partition, or a broker that lost its offsets.
        case noCommittedOffset
        /// The log does not have the offset any more (or not yet, after the log was wiped); reading continues at the earliest record.
        case evicted(committed: Int64, earliest: Int64)
    }

    /// A lack of progress although the brokers answer.
    public enum Stall: Sendable, Hashable {
        /// The group has given this consumer no assignment, not even an empty one.
        case unassigned(for: Duration)
        /// No records of these partitions are fetched although their logs grow.
        case notFetched([TopicPartition], for: Duration)
    }

    /// These partitions were assigned to this consumer.
    case assigned([TopicPartition])

    /// These partitions were revoked.
    case revoked([TopicPartition])

    /// Records may have been skipped: reading of the partition starts at the earliest record.
    case positionLost(topic: String, partition: Int32, reason: PositionLoss)

    /// An error reported by librdkafka. The consumer recovers by itself; after a fatal error with a new client.
    case error(KafkaError)

    /// No progress for longer than `stallDeadline` or `rebalanceDeadline`: the partitions were reassigned at their positions, or
    /// (`isRenewed`) the client was replaced.
    case stalled(Stall, isRenewed: Bool)

    /// This worker has held a batch for longer than the handler deadline.
    case stuck(worker: Int, partitions: [TopicPartition], out: Duration)
}
