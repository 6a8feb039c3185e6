public import Kernel

/// Asks the producer of a topic to publish records again that the consumer has not received.
///
/// Sent to `<producer>.commands` by a consumer whose offset is no longer in the log or that detected a gap. The answer is published on the
/// topic itself: the missing records under their original sequence numbers, then a `SequenceReport` for each shard.
public struct Republish: Command, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("platform", "republish")

    /// A shard and the watermark of the consumer in its sequence.
    public struct Place: Codable, Sendable, Hashable {
        /// The shard of keys, 0..<32.
        public let shard: Int16
        /// The watermark: the consumer has every record up to and including this number; 0 for none.
        public let after: Int64

        /// A watermark in one shard's sequence.
        public init(shard: Int16, after: Int64) {
            self.shard = shard
            self.after = after
        }
    }

    /// The topic whose records are missing.
    @Text<TopicText> public private(set) var topic: String
    /// The consumer's watermark in each requested shard.
    public let places: [Place]
    /// The maximum number of records per shard; the consumer requests more from its new watermark.
    public let recordsAtMost: Int

    /// A request for at most `recordsAtMost` records of each shard.
    public init(topic: String, places: [Place], recordsAtMost: Int) {
        self.topic = topic
        self.places = places
        self.recordsAtMost = recordsAtMost
    }
}
