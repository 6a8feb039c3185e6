/// Records that one lane works on. It is given back by `KafkaConsumer.done` or `abandon`.
public struct KafkaBatch: Sendable {
    /// The lane it was given to.
    public let lane: Int

    /// The records: those of one partition follow each other, in the order of their offsets.
    public let records: [KafkaRecord]

    /// What a batch holds of one partition.
    struct Piece: Sendable {
        var id: TopicPartition
        /// Which of the partition's assignments it was read in.
        var epoch: UInt64
        var range: Range<Int>
    }

    let number: UInt64
    let pieces: [Piece]

    /// The partitions it has records of.
    public var partitions: [TopicPartition] { pieces.map(\.id) }
}
