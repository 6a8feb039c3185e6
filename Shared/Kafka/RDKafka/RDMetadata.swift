import CLibrdkafka

/// What the cluster says of a topic.
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
    /// Asks the cluster for one topic. Blocks until the deadline at most.
    func metadata(of topic: String, deadline: ContinuousClock.Instant) throws(KafkaError) -> RDTopicMetadata {
        guard let handle = rd_kafka_topic_new(pointer, topic, nil) else {
            throw KafkaError(rd_kafka_last_error(), "\(topic) is no name for a topic")
        }
        defer { rd_kafka_topic_destroy(handle) }
        var found: UnsafePointer<rd_kafka_metadata>?
        try check(
            rd_kafka_metadata(pointer, 0, handle, &found, deadline.remainingMilliseconds), "asking for the partitions of \(topic)")
        guard let found else { throw KafkaError(code: KafkaError.Code.unknownTopic, "the cluster said nothing of \(topic)") }
        defer { rd_kafka_metadata_destroy(found) }
        let topics = UnsafeBufferPointer(start: found.pointee.topics, count: Int(found.pointee.topic_cnt))
        guard let described = topics.first(where: { String(cString: $0.topic) == topic }) else {
            throw KafkaError(code: KafkaError.Code.unknownTopic, "the cluster does not know \(topic)")
        }
        return RDTopicMetadata(described)
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

    /// How many partitions there are, when all of them have a leader.
    func readyPartitionCount() throws(KafkaError) -> Int {
        try check(rd_kafka_resp_err_t(rawValue: errorCode), "describing \(name)")
        guard !partitions.isEmpty else {
            throw KafkaError(code: KafkaError.Code.unknownTopic, "\(name) has no partitions yet")
        }
        return partitions.count
    }
}
