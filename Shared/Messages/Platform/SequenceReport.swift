/// Tells the readers of one shard how far its producer's sequence reached when it was asked to republish.
///
/// It travels in the shard it speaks of, behind the records it was asked for.
public struct SequenceReport: Message, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("platform", "sequence-report")

    /// The topic spoken of.
    public let topic: String
    /// The shard spoken of.
    public let shard: Int16
    /// The first sequence number the producer still keeps; what came before can no longer be had.
    public let first: Int64
    /// The last sequence number given when the report was written.
    public let last: Int64

    /// A report on one shard of `topic`.
    public init(topic: String, shard: Int16, first: Int64, last: Int64) {
        self.topic = topic
        self.shard = shard
        self.first = first
        self.last = last
    }
}
