import CLibrdkafka

/// librdkafka's admin calls. Each blocks until the deadline at most.
struct RDAdmin {
    let client: RDClient

    /// Creates topics and returns the broker's error of each topic that was not created, by name.
    func createTopics(_ topics: [KafkaTopic], deadline: ContinuousClock.Instant) throws(KafkaError) -> [String: KafkaError] {
        var wanted: [OpaquePointer?] = []
        defer { rd_kafka_NewTopic_destroy_array(&wanted, wanted.count) }
        for topic in topics { wanted.append(try Self.newTopic(topic)) }
        let answer = try call(RD_KAFKA_ADMIN_OP_CREATETOPICS, "creating topics", deadline) { options, queue in
            rd_kafka_CreateTopics(client.pointer, &wanted, wanted.count, options, queue)
        }
        var count = 0
        return Self.failures(rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(answer.pointer), &count), count)
    }

    /// Deletes topics and returns the broker's error of each topic that was not deleted, by name.
    func deleteTopics(_ names: [String], deadline: ContinuousClock.Instant) throws(KafkaError) -> [String: KafkaError] {
        var unwanted = names.map { rd_kafka_DeleteTopic_new($0) }
        defer { rd_kafka_DeleteTopic_destroy_array(&unwanted, unwanted.count) }
        let answer = try call(RD_KAFKA_ADMIN_OP_DELETETOPICS, "deleting topics", deadline) { options, queue in
            rd_kafka_DeleteTopics(client.pointer, &unwanted, unwanted.count, options, queue)
        }
        var count = 0
        return Self.failures(rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(answer.pointer), &count), count)
    }

    /// The configuration of the topics, by topic and property; topics without an answer of the broker are omitted.
    func settings(of topics: [String], deadline: ContinuousClock.Instant) throws(KafkaError) -> [String: [String: String]] {
        var asked = topics.map { rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, $0) }
        defer { rd_kafka_ConfigResource_destroy_array(&asked, asked.count) }
        let answer = try call(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, "reading the topics' configuration", deadline) { options, queue in
            rd_kafka_DescribeConfigs(client.pointer, &asked, asked.count, options, queue)
        }
        var count = 0
        let found = rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(answer.pointer), &count)
        var settings: [String: [String: String]] = [:]
        for index in 0..<count {
            guard let resource = found?[index], rd_kafka_ConfigResource_error(resource) == RD_KAFKA_RESP_ERR_NO_ERROR else { continue }
            settings[String(cString: rd_kafka_ConfigResource_name(resource))] = Self.entries(of: resource)
        }
        return settings
    }

    private static func entries(of resource: OpaquePointer) -> [String: String] {
        var count = 0
        let entries = rd_kafka_ConfigResource_configs(resource, &count)
        var values: [String: String] = [:]
        for index in 0..<count {
            guard let entry = entries?[index], let value = rd_kafka_ConfigEntry_value(entry) else { continue }
            values[String(cString: rd_kafka_ConfigEntry_name(entry))] = String(cString: value)
        }
        return values
    }

    /// Deletes the records before the offsets; `RDOffset.end` deletes all.
    func deleteRecords(before offsets: [RDOffset], deadline: ContinuousClock.Instant) throws(KafkaError) {
        try RDOffset.withList(offsets) { list throws(KafkaError) in
            var request = rd_kafka_DeleteRecords_new(list)
            defer { rd_kafka_DeleteRecords_destroy_array(&request, 1) }
            let answer = try call(RD_KAFKA_ADMIN_OP_DELETERECORDS, "deleting records", deadline) { options, queue in
                rd_kafka_DeleteRecords(client.pointer, &request, 1, options, queue)
            }
            let result = rd_kafka_event_DeleteRecords_result(answer.pointer)
            guard let result, let left = rd_kafka_DeleteRecords_result_offsets(result) else { return }
            for offset in RDOffset.read(UnsafeMutablePointer(mutating: left)) {
                try check(rd_kafka_resp_err_t(rawValue: offset.errorCode), "deleting records of \(offset.id)")
            }
        }
    }

    private func call(
        _ operation: rd_kafka_admin_op_t, _ doing: String, _ deadline: ContinuousClock.Instant,
        _ body: (OpaquePointer?, OpaquePointer) -> Void
    ) throws(KafkaError) -> RDEvent {
        let options = rd_kafka_AdminOptions_new(client.pointer, operation)
        defer { rd_kafka_AdminOptions_destroy(options) }
        let milliseconds = max(1, deadline.remainingMilliseconds)
        rd_kafka_AdminOptions_set_request_timeout(options, milliseconds, nil, 0)
        rd_kafka_AdminOptions_set_operation_timeout(options, milliseconds, nil, 0)
        let answers = RDQueue.own(of: client)
        defer { answers.destroy() }
        body(options, answers.pointer)
        guard let event = answers.poll(milliseconds: milliseconds) else {
            throw KafkaError(code: KafkaError.Code.timedOut, "\(doing): the cluster did not answer in time")
        }
        if let error = event.error { throw KafkaError(code: error.code, "\(doing): \(error.reason)") }
        return event
    }

    private static func newTopic(_ topic: KafkaTopic) throws(KafkaError) -> OpaquePointer {
        var reason = [CChar](repeating: 0, count: 512)
        let made = rd_kafka_NewTopic_new(
            topic.name, Int32(clamping: topic.partitions), Int32(clamping: topic.replication), &reason, reason.count)
        guard let made else {
            throw KafkaError(code: KafkaError.Code.invalidArgument, "topic \(topic.name): \(String(nullTerminated: reason))")
        }
        for (name, value) in topic.configuration { rd_kafka_NewTopic_set_config(made, name, value) }
        return made
    }

    private static func failures(_ results: UnsafeMutablePointer<OpaquePointer?>?, _ count: Int) -> [String: KafkaError] {
        var failures: [String: KafkaError] = [:]
        for index in 0..<count {
            guard let result = results?[index] else { continue }
            let code = rd_kafka_topic_result_error(result)
            guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { continue }
            let reason = rd_kafka_topic_result_error_string(result).map { String(cString: $0) }
            failures[String(cString: rd_kafka_topic_result_name(result))] = KafkaError(code, reason)
        }
        return failures
    }
}
