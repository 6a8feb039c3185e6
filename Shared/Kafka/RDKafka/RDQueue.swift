import CLibrdkafka

/// A queue of events of a client. It is destroyed before its client.
final class RDQueue: @unchecked Sendable {
    let pointer: OpaquePointer

    private init(_ pointer: OpaquePointer) { self.pointer = pointer }

    /// The queue of everything but records.
    static func main(of client: RDClient) -> RDQueue { RDQueue(rd_kafka_queue_get_main(client.pointer)) }

    /// The queue of a consumer's records, rebalances and, once forwarded, everything else.
    static func consumer(of client: RDClient) throws(KafkaError) -> RDQueue {
        try check(rd_kafka_poll_set_consumer(client.pointer), "forwarding the main queue")
        guard let pointer = rd_kafka_queue_get_consumer(client.pointer) else {
            throw KafkaError(code: KafkaError.Code.state, "the client has no consumer queue: it has no group.id")
        }
        return RDQueue(pointer)
    }

    /// A queue of its own, for the answers to one call.
    static func own(of client: RDClient) -> RDQueue { RDQueue(rd_kafka_queue_new(client.pointer)) }

    /// Waits for the next event; nil when none comes in time, or when `wake` was called.
    func poll(milliseconds: Int32) -> RDEvent? {
        guard let event = rd_kafka_queue_poll(pointer, milliseconds) else { return nil }
        return RDEvent(event)
    }

    /// Has a `poll` that waits return at once.
    func wake() { rd_kafka_queue_yield(pointer) }

    func destroy() { rd_kafka_queue_destroy(pointer) }
}
