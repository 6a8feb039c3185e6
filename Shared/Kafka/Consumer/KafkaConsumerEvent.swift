/// What happens to a consumer beside its records.
public enum KafkaConsumerEvent: Sendable, Hashable {
    /// Why reading does not go on where it stopped.
    public enum PositionLoss: Sendable, Hashable {
        /// The group has no committed offset there: a new group or partition, or a broker that forgot.
        case noCommittedOffset
        /// The log does not hold the offset any more (or not yet: a log that was wiped); reading goes on at the earliest record.
        case evicted(committed: Int64, earliest: Int64)
    }

    /// What does not move though the brokers answer.
    public enum Standstill: Sendable, Hashable {
        /// The group has given this consumer no assignment, not even an empty one.
        case unassigned(since: Duration)
        /// Nothing comes of these partitions, whose logs go on.
        case unread([TopicPartition], since: Duration)
    }

    /// These partitions are now this consumer's.
    case assigned([TopicPartition])

    /// These are not any more.
    case revoked([TopicPartition])

    /// Records may have been passed over: reading of the partition starts at the earliest record there is.
    case positionLost(topic: String, partition: Int32, reason: PositionLoss)

    /// What librdkafka reports. It goes on by itself; after a fatal error with a new client.
    case error(KafkaError)

    /// Nothing moved for longer than `stallDeadline`, or `rebalanceDeadline`: the partitions were assigned anew where they stood, or
    /// the client made anew.
    case stalled(Standstill, isRenewed: Bool)

    /// A batch of this lane has been out for longer than the handler's deadline.
    case stuck(lane: Int, partitions: [TopicPartition], out: Duration)
}
