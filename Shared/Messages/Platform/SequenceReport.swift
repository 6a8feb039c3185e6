/// Reports the range of a shard's sequence to its consumers when the producer answers a `Republish`.
///
/// It is published in the same shard, after the republished records.
public struct SequenceReport: Message, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("platform", "sequence-report")

    /// The topic.
    public let topic: String
    /// The shard.
    public let shard: Int16
    /// The first sequence number that the producer still keeps; earlier records can no longer be republished.
    public let first: Int64
    /// The last sequence number assigned when the report was written.
    public let last: Int64

    /// A report on one shard of `topic`.
    public init(topic: String, shard: Int16, first: Int64, last: Int64) {
        self.topic = topic
        self.shard = shard
        self.first = first
        self.last = last
    }
}
