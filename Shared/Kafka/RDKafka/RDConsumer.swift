import CLibrdkafka

/// librdkafka's consumer calls. Call them on the consumer's thread, or in `use.run`.
final class RDConsumer: Sendable {
    let client: RDClient
    let queue: RDQueue
    let use = UseCount()

    init(_ properties: RDProperties) throws(KafkaError) {
        let events = RD_KAFKA_EVENT_FETCH | RD_KAFKA_EVENT_REBALANCE | RD_KAFKA_EVENT_OFFSET_COMMIT
        client = try RDClient(.consumer, properties, events: events)
        do throws(KafkaError) {
            queue = try RDQueue.consumer(of: client)
        } catch {
            client.destroy()
            throw error
        }
    }

    func subscribe(_ topics: [String]) throws(KafkaError) {
        try RDOffset.withList(topics.map { RDOffset(TopicPartition(topic: $0, partition: -1)) }) { list throws(KafkaError) in
            try check(rd_kafka_subscribe(client.pointer, list), "subscribing to \(topics.joined(separator: ", "))")
        }
    }

    /// Assigns exactly these partitions, each at its offset; nil removes the assignment.
    func assign(_ offsets: [RDOffset]?) throws(KafkaError) {
        guard let offsets else { return try check(rd_kafka_assign(client.pointer, nil), "releasing the partitions") }
        try RDOffset.withList(offsets) { list throws(KafkaError) in
            try check(rd_kafka_assign(client.pointer, list), "assigning \(offsets.count) partitions")
        }
    }

    func pause(_ ids: [TopicPartition]) throws(KafkaError) {
        try RDOffset.withList(ids.map { RDOffset($0) }) { list throws(KafkaError) in
            try check(rd_kafka_pause_partitions(client.pointer, list), "pausing partitions")
        }
    }

    /// Undoes `pause`.
    func resume(_ ids: [TopicPartition]) throws(KafkaError) {
        try RDOffset.withList(ids.map { RDOffset($0) }) { list throws(KafkaError) in
            try check(rd_kafka_resume_partitions(client.pointer, list), "resuming partitions")
        }
    }

    /// Continues fetching at the offsets at once. Otherwise a resumed partition waits until librdkafka 2.0.2's broker thread wakes from
    /// a sleep of up to a second; only a seek wakes it earlier.
    func seek(_ offsets: [RDOffset]) throws(KafkaError) {
        try RDOffset.withList(offsets) { list throws(KafkaError) in
            if let error = KafkaError(consuming: rd_kafka_seek_partitions(client.pointer, list, 0)) { throw error }
        }
    }

    /// Stores the offsets for the next commit. Partitions that are no longer assigned are ignored: their next owner starts at the
    /// earlier committed offset and handles the records again.
    func store(_ offsets: [RDOffset]) throws(KafkaError) {
        try RDOffset.withList(offsets) { list throws(KafkaError) in
            let code = rd_kafka_offsets_store(client.pointer, list)
            if code != RD_KAFKA_RESP_ERR__STATE, code != RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION {
                try check(code, "storing offsets")
            }
        }
    }

    /// Commits the stored offsets and waits until the deadline for the coordinator's response.
    func commitStored(deadline: ContinuousClock.Instant) throws(KafkaError) {
        let answers = RDQueue.own(of: client)
        defer { answers.destroy() }
        try check(rd_kafka_commit_queue(client.pointer, nil, answers.pointer, nil, nil), "committing offsets")
        guard let event = answers.poll(milliseconds: deadline.remainingMilliseconds) else {
            throw KafkaError(code: KafkaError.Code.timedOut, "timed out waiting for the coordinator to confirm the commit")
        }
        if let error = event.error, error.code != KafkaError.Code.noOffset { throw error }
    }

    /// The group's committed offsets; negative when there is none.
    func committed(_ ids: [TopicPartition], deadline: ContinuousClock.Instant) throws(KafkaError) -> [RDOffset] {
        try RDOffset.withList(ids.map { RDOffset($0) }) { list throws(KafkaError) in
            try check(rd_kafka_committed(client.pointer, list, deadline.remainingMilliseconds), "reading committed offsets")
            let found = RDOffset.read(list)
            if let failed = found.first(where: { $0.errorCode != 0 }) {
                try check(rd_kafka_resp_err_t(rawValue: failed.errorCode), "reading the committed offset of \(failed.id)")
            }
            return found
        }
    }

    /// The current first or end offsets of the logs, as reported by their leaders.
    /// - Parameter bound: `RDOffset.beginning` or `RDOffset.end`
    func listOffsets(_ ids: [TopicPartition], _ bound: Int64, deadline: ContinuousClock.Instant) throws(KafkaError) -> [RDOffset] {
        try RDOffset.withList(ids.map { RDOffset($0, bound) }) { list throws(KafkaError) in
            try check(
                rd_kafka_offsets_for_times(client.pointer, list, deadline.remainingMilliseconds), "reading the first or end offsets")
            return RDOffset.read(list)
        }
    }

    /// The end offset of the last fetch; nil before the first fetch.
    func lastSeenEnd(_ id: TopicPartition) -> Int64? {
        var low: Int64 = 0
        var high: Int64 = 0
        let code = rd_kafka_get_watermark_offsets(client.pointer, id.topic, id.partition, &low, &high)
        return code == RD_KAFKA_RESP_ERR_NO_ERROR && high >= 0 ? high : nil
    }

    /// Whether the group has already assigned the partitions to other members, so that a commit would fail.
    var isAssignmentLost: Bool { rd_kafka_assignment_lost(client.pointer) != 0 }

    /// Starts to leave the group. The resulting events go to the given queue, which must be served until `isClosed`.
    func beginClosing(into queue: RDQueue) throws(KafkaError) {
        if let error = KafkaError(consuming: rd_kafka_consumer_close_queue(client.pointer, queue.pointer)) { throw error }
    }

    var isClosed: Bool { rd_kafka_consumer_closed(client.pointer) != 0 }

    func destroy() {
        queue.destroy()
        client.destroy()
    }
}
