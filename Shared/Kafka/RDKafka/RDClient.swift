import CLibrdkafka

/// A librdkafka handle, producer or consumer. The owner destroys it once, when no call uses it any more.
final class RDClient: @unchecked Sendable {
    let pointer: OpaquePointer

    enum Kind { case producer, consumer }

    init(_ kind: Kind, _ properties: RDProperties, events: Int32) throws(KafkaError) {
        let conf = try properties.build(events: events)
        var reason = [CChar](repeating: 0, count: 512)
        let type = kind == .producer ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER
        guard let pointer = rd_kafka_new(type, conf, &reason, reason.count) else {
            let code = rd_kafka_last_error()
            rd_kafka_conf_destroy(conf)
            throw KafkaError(code, "librdkafka could not create a client: \(String(nullTerminated: reason))")
        }
        self.pointer = pointer
        // With log.queue the log lines are queued: here in the main queue, which the client's thread serves.
        rd_kafka_set_log_queue(pointer, nil)
    }

    /// Blocks until librdkafka's threads have ended. A consumer must have left its group before.
    func destroy() {
        rd_kafka_destroy_flags(pointer, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
    }

    /// The client's fatal error, if any.
    var fatalError: KafkaError? {
        var reason = [CChar](repeating: 0, count: 512)
        let code = rd_kafka_fatal_error(pointer, &reason, reason.count)
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        return KafkaError(code, String(nullTerminated: reason), isFatal: true)
    }
}

extension String {
    init(nullTerminated characters: [CChar]) {
        self = String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
