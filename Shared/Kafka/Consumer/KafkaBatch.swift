/// Records leased to one worker, until `KafkaConsumer.complete` or `abandon`.
public struct KafkaBatch: Sendable {
    /// The worker that holds the lease.
    public let worker: Int

    /// The records. Records of one partition are contiguous and ordered by offset.
    public let records: [KafkaRecord]

    /// The records of one partition within the batch.
    struct Piece: Sendable {
        var id: TopicPartition
        /// The assignment in which they were read.
        var epoch: UInt64
        var range: Range<Int>
    }

    let number: UInt64
    let pieces: [Piece]

    /// The partitions of the records.
    public var partitions: [TopicPartition] { pieces.map(\.id) }
}
