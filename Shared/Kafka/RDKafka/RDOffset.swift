import CLibrdkafka

/// A partition with an offset: an entry of librdkafka's partition lists.
struct RDOffset: Sendable, Hashable {
    var id: TopicPartition
    var offset: Int64
    var errorCode: Int32 = 0

    /// The first record of the log.
    static let beginning = Int64(RD_KAFKA_OFFSET_BEGINNING)
    /// The position after the last record of the log.
    static let end = Int64(RD_KAFKA_OFFSET_END)

    init(_ id: TopicPartition, _ offset: Int64 = Int64(RD_KAFKA_OFFSET_INVALID)) {
        self.id = id
        self.offset = offset
    }

    init(_ entry: rd_kafka_topic_partition_t) {
        id = TopicPartition(topic: String(cString: entry.topic), partition: entry.partition)
        offset = entry.offset
        errorCode = entry.err.rawValue
    }

    static func read(_ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) -> [RDOffset] {
        (0..<Int(list.pointee.cnt)).map { RDOffset(list.pointee.elems[$0]) }
    }

    /// Calls `body` with the offsets as librdkafka's list, which is destroyed afterwards.
    static func withList<R>(
        _ offsets: [RDOffset], _ body: (UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) throws(KafkaError) -> R
    ) throws(KafkaError) -> R {
        guard let list = rd_kafka_topic_partition_list_new(Int32(clamping: offsets.count)) else {
            throw KafkaError(code: KafkaError.Code.state, "cannot allocate a librdkafka list: the process is out of memory")
        }
        defer { rd_kafka_topic_partition_list_destroy(list) }
        for offset in offsets {
            rd_kafka_topic_partition_list_add(list, offset.id.topic, offset.id.partition)?.pointee.offset = offset.offset
        }
        return try body(list)
    }
}
