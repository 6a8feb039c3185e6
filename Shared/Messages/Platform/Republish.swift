public import Kernel

/// Asks the producer of a topic to publish again what the asker has not seen.
///
/// Sent to `<producer>.commands` by a consumer whose place in the log is gone or who saw a hole. It is answered in the
/// stream itself: the missing records under their old sequence numbers, then a `SequenceReport` for each shard.
public struct Republish: Command, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("platform", "republish")

    /// A shard and the sequence number up to which the asker has everything.
    public struct Place: Codable, Sendable, Hashable {
        /// The shard of keys, 0..<32.
        public let shard: Int16
        /// The asker has every record up to and including this number; 0 for none.
        public let after: Int64

        /// A place in one shard's sequence.
        public init(shard: Int16, after: Int64) {
            self.shard = shard
            self.after = after
        }
    }

    /// The topic whose records are missed.
    @Text<TopicText> public private(set) var topic: String
    /// Where the asker stands, for each shard it asks about.
    public let places: [Place]
    /// At most this many records a shard are wanted now; the asker asks again from its new place.
    public let recordsAtMost: Int

    /// A request for at most `recordsAtMost` records of each shard.
    public init(topic: String, places: [Place], recordsAtMost: Int) {
        self.topic = topic
        self.places = places
        self.recordsAtMost = recordsAtMost
    }
}
