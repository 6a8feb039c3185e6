import CLibrdkafka

/// One event of a queue, destroyed when it goes out of scope.
struct RDEvent: ~Copyable {
    enum Kind {
        case record, deliveryReports, assigned, revoked, offsetCommit, error, log, other
    }

    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    deinit { rd_kafka_event_destroy(pointer) }

    var kind: Kind {
        switch rd_kafka_event_type(pointer) {
        case RD_KAFKA_EVENT_FETCH: .record
        case RD_KAFKA_EVENT_DR: .deliveryReports
        case RD_KAFKA_EVENT_REBALANCE:
            rd_kafka_event_error(pointer) == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS ? .assigned : .revoked
        case RD_KAFKA_EVENT_OFFSET_COMMIT: .offsetCommit
        case RD_KAFKA_EVENT_ERROR: .error
        case RD_KAFKA_EVENT_LOG: .log
        default: .other
        }
    }

    /// The event's error, if any.
    var error: KafkaError? {
        let code = rd_kafka_event_error(pointer)
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        let reason = rd_kafka_event_error_string(pointer).map { String(cString: $0) }
        return KafkaError(code, reason, isFatal: rd_kafka_event_error_is_fatal(pointer) != 0)
    }

    /// The partitions of a rebalance or a commit, with their offsets.
    var partitions: [RDOffset] {
        rd_kafka_event_topic_partition_list(pointer).map { RDOffset.read($0) } ?? []
    }

    /// The partition and offset of an error.
    var partition: RDOffset? {
        guard let found = rd_kafka_event_topic_partition(pointer) else { return nil }
        defer { rd_kafka_topic_partition_destroy(found) }
        return RDOffset(found.pointee)
    }

    /// The next record or delivery report of this event.
    func nextMessage() -> UnsafePointer<rd_kafka_message_t>? { rd_kafka_event_message_next(pointer) }

    /// A line of librdkafka's log: syslog level (0 most severe to 7), facility, text.
    var logLine: (level: Int32, facility: String, text: String)? {
        var facility: UnsafePointer<CChar>?
        var text: UnsafePointer<CChar>?
        var level: Int32 = 0
        guard rd_kafka_event_log(pointer, &facility, &text, &level) == 0, let facility, let text else { return nil }
        return (level, String(cString: facility), String(cString: text))
    }
}
