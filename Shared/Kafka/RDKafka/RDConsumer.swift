import CLibrdkafka

/// librdkafka's consumer calls. They are made on the consumer's own thread, or between `use.enter` and `use.leave`.
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

    /// Takes exactly these partitions, each from its offset; nil takes none.
    func assign(_ offsets: [RDOffset]?) throws(KafkaError) {
        guard let offsets else { return try check(rd_kafka_assign(client.pointer, nil), "letting the partitions go") }
        try RDOffset.withList(offsets) { list throws(KafkaError) in
            try check(rd_kafka_assign(client.pointer, list), "taking \(offsets.count) partitions")
        }
    }

    func pause(_ ids: [TopicPartition]) throws(KafkaError) {
        try RDOffset.withList(ids.map { RDOffset($0) }) { list throws(KafkaError) in
            try check(rd_kafka_pause_partitions(client.pointer, list), "pausing partitions")
        }
    }

    /// Takes pauses back.
    func resume(_ ids: [TopicPartition]) throws(KafkaError) {
        try RDOffset.withList(ids.map { RDOffset($0) }) { list throws(KafkaError) in
            try check(rd_kafka_resume_partitions(client.pointer, list), "resuming partitions")
        }
    }

    /// Has reading go on at the offsets at once. A resumed partition would else wait for librdkafka 2.0.2's broker thread to look
    /// up from a sleep of up to a second, from which only a seek wakes it.
    func seek(_ offsets: [RDOffset]) throws(KafkaError) {
        try RDOffset.withList(offsets) { list throws(KafkaError) in
            if let error = KafkaError(consuming: rd_kafka_seek_partitions(client.pointer, list, 0)) { throw error }
        }
    }

    /// Notes what the next commit shall say. A partition that is not assigned any more is passed over: its next owner starts from
    /// what was committed before, and does the work again.
    func store(_ offsets: [RDOffset]) throws(KafkaError) {
        try RDOffset.withList(offsets) { list throws(KafkaError) in
            let code = rd_kafka_offsets_store(client.pointer, list)
            if code != RD_KAFKA_RESP_ERR__STATE, code != RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION {
                try check(code, "storing offsets")
            }
        }
    }

    /// Commits what is stored and waits for the coordinator's answer until the deadline.
    func commitStored(deadline: ContinuousClock.Instant) throws(KafkaError) {
        let answers = RDQueue.own(of: client)
        defer { answers.destroy() }
        try check(rd_kafka_commit_queue(client.pointer, nil, answers.pointer, nil, nil), "committing offsets")
        guard let event = answers.poll(milliseconds: deadline.remainingMilliseconds) else {
            throw KafkaError(code: KafkaError.Code.timedOut, "the coordinator did not confirm the commit in time")
        }
        if let error = event.error, error.code != KafkaError.Code.noOffset { throw error }
    }

    /// The group's committed offsets; negative where there is none.
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

    /// Where the log begins or ends now, as its leaders say.
    /// - Parameter edge: `RDOffset.beginning` or `RDOffset.end`
    func edges(_ ids: [TopicPartition], _ edge: Int64, deadline: ContinuousClock.Instant) throws(KafkaError) -> [RDOffset] {
        try RDOffset.withList(ids.map { RDOffset($0, edge) }) { list throws(KafkaError) in
            try check(
                rd_kafka_offsets_for_times(client.pointer, list, deadline.remainingMilliseconds), "reading where the log begins or ends")
            return RDOffset.read(list)
        }
    }

    /// What the last fetch said of the log's end; nil when there was none.
    func lastSeenEnd(_ id: TopicPartition) -> Int64? {
        var low: Int64 = 0
        var high: Int64 = 0
        let code = rd_kafka_get_watermark_offsets(client.pointer, id.topic, id.partition, &low, &high)
        return code == RD_KAFKA_RESP_ERR_NO_ERROR && high >= 0 ? high : nil
    }

    /// Whether the group has given our partitions to others already, so that a commit could only fail.
    var isAssignmentLost: Bool { rd_kafka_assignment_lost(client.pointer) != 0 }

    /// Begins to leave the group. The events of leaving come to the given queue, which is served until `isClosed`.
    func beginClosing(into queue: RDQueue) throws(KafkaError) {
        if let error = KafkaError(consuming: rd_kafka_consumer_close_queue(client.pointer, queue.pointer)) { throw error }
    }

    var isClosed: Bool { rd_kafka_consumer_closed(client.pointer) != 0 }

    func destroy() {
        queue.destroy()
        client.destroy()
    }
}
