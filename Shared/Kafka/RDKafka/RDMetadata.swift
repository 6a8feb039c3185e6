import CLibrdkafka

/// The metadata of a topic.
struct RDTopicMetadata: Sendable {
    struct Partition: Sendable {
        var id: Int32
        var leader: Int32
        var replicas: [Int32]
        var inSyncReplicas: [Int32]
        var errorCode: Int32
    }

    var name: String
    var partitions: [Partition]
    var errorCode: Int32
}

extension RDClient {
    /// Requests the metadata of all topics that are visible to this client. The request names no topic, because naming one may create it
    /// on the broker. Blocks until the deadline at most.
    func topics(deadline: ContinuousClock.Instant) throws(KafkaError) -> [RDTopicMetadata] {
        var found: UnsafePointer<rd_kafka_metadata>?
        try check(rd_kafka_metadata(pointer, 1, nil, &found, deadline.remainingMilliseconds), "reading the topics' metadata")
        guard let found else { return [] }
        defer { rd_kafka_metadata_destroy(found) }
        return UnsafeBufferPointer(start: found.pointee.topics, count: Int(found.pointee.topic_cnt)).map(RDTopicMetadata.init)
    }
}

extension RDTopicMetadata {
    init(_ topic: rd_kafka_metadata_topic) {
        name = String(cString: topic.topic)
        errorCode = topic.err.rawValue
        partitions = UnsafeBufferPointer(start: topic.partitions, count: Int(topic.partition_cnt)).map { partition in
            Partition(
                id: partition.id, leader: partition.leader,
                replicas: Array(UnsafeBufferPointer(start: partition.replicas, count: Int(partition.replica_cnt))),
                inSyncReplicas: Array(UnsafeBufferPointer(start: partition.isrs, count: Int(partition.isr_cnt))),
                errorCode: partition.err.rawValue)
        }.sorted { $0.id < $1.id }
    }
}
