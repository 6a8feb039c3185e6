import CLibrdkafka

extension KafkaError {
    /// The error codes that this module uses.
    enum Code {
        static let none = RD_KAFKA_RESP_ERR_NO_ERROR.rawValue
        static let autoOffsetReset = RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET.rawValue
        static let closed = RD_KAFKA_RESP_ERR__DESTROY.rawValue
        static let conflict = RD_KAFKA_RESP_ERR__CONFLICT.rawValue
        static let fatal = RD_KAFKA_RESP_ERR__FATAL.rawValue
        static let invalidArgument = RD_KAFKA_RESP_ERR__INVALID_ARG.rawValue
        static let queueFull = RD_KAFKA_RESP_ERR__QUEUE_FULL.rawValue
        static let state = RD_KAFKA_RESP_ERR__STATE.rawValue
        static let timedOut = RD_KAFKA_RESP_ERR__TIMED_OUT.rawValue
        static let messageTimedOut = RD_KAFKA_RESP_ERR__MSG_TIMED_OUT.rawValue
        static let noOffset = RD_KAFKA_RESP_ERR__NO_OFFSET.rawValue
        static let topicExists = RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS.rawValue
        static let unknownTopic = RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART.rawValue
        static let unknownTopicHere = RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC.rawValue
    }

    /// The topic does not exist, or is not visible to this client.
    public static func unknownTopic(_ name: String) -> KafkaError {
        KafkaError(code: Code.unknownTopic, "topic \(name) does not exist, or this client may not see it")
    }

    /// Whether the topic or the partition does not exist.
    public var isUnknownTopic: Bool { code == Code.unknownTopic || code == Code.unknownTopicHere }

    /// librdkafka reports whether an error is retriable only for some calls. For the others this lists the retriable codes of the
    /// protocol, and librdkafka's connection and timeout errors.
    private static let retriableCodes: Set<Int32> = Set(
        [
            RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR__RESOLVE, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN,
            RD_KAFKA_RESP_ERR__TIMED_OUT, RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE,
            RD_KAFKA_RESP_ERR__QUEUE_FULL, RD_KAFKA_RESP_ERR__WAIT_COORD, RD_KAFKA_RESP_ERR__WAIT_CACHE,
            RD_KAFKA_RESP_ERR__RETRY, RD_KAFKA_RESP_ERR__PURGE_QUEUE,
            RD_KAFKA_RESP_ERR__PURGE_INFLIGHT, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE,
            RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
            RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION,
            RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE,
            RD_KAFKA_RESP_ERR_NOT_COORDINATOR, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
            RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND, RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS,
            RD_KAFKA_RESP_ERR_NOT_CONTROLLER, RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR, RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH,
            RD_KAFKA_RESP_ERR_UNKNOWN_LEADER_EPOCH, RD_KAFKA_RESP_ERR_OFFSET_NOT_AVAILABLE,
            RD_KAFKA_RESP_ERR_PREFERRED_LEADER_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_THROTTLING_QUOTA_EXCEEDED,
            // These affect the client or its producer id, not the record: a new client can send it.
            RD_KAFKA_RESP_ERR__FATAL, RD_KAFKA_RESP_ERR__FENCED, RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH,
            RD_KAFKA_RESP_ERR_PRODUCER_FENCED, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER,
            RD_KAFKA_RESP_ERR_UNKNOWN_PRODUCER_ID, RD_KAFKA_RESP_ERR_INVALID_PRODUCER_ID_MAPPING,
        ].map(\.rawValue))

    /// An error from librdkafka's code, with librdkafka's text unless a reason is given.
    init(_ code: rd_kafka_resp_err_t, _ reason: String? = nil, isFatal: Bool = false) {
        self.init(code: code.rawValue, reason ?? String(cString: rd_kafka_err2str(code)), isFatal: isFatal)
    }

    init(code: Int32, _ reason: String, isFatal: Bool = false) {
        let name = String(cString: rd_kafka_err2name(rd_kafka_resp_err_t(rawValue: code)))
        self.init(code: code, name: name, reason: reason, isFatal: isFatal, isRetriable: Self.retriableCodes.contains(code))
    }

    /// Consumes and destroys the error object; nil for nil.
    init?(consuming error: OpaquePointer?) {
        guard let error else { return nil }
        defer { rd_kafka_error_destroy(error) }
        let code = rd_kafka_error_code(error).rawValue
        self.init(
            code: code, name: String(cString: rd_kafka_error_name(error)), reason: String(cString: rd_kafka_error_string(error)),
            isFatal: rd_kafka_error_is_fatal(error) != 0,
            isRetriable: rd_kafka_error_is_retriable(error) != 0 || Self.retriableCodes.contains(code))
    }
}

/// Throws unless the code is `NO_ERROR`.
func check(_ code: rd_kafka_resp_err_t, _ doing: String) throws(KafkaError) {
    guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
    throw KafkaError(code, "\(doing): \(String(cString: rd_kafka_err2str(code)))")
}
