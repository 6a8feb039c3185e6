import CLibrdkafka

/// An event queue of a client. Destroy it before the client.
final class RDQueue: @unchecked Sendable {
    let pointer: OpaquePointer

    private init(_ pointer: OpaquePointer) { self.pointer = pointer }

    /// The queue of all events except records.
    static func main(of client: RDClient) -> RDQueue { RDQueue(rd_kafka_queue_get_main(client.pointer)) }

    /// The queue of a consumer's records and rebalances, to which the main queue is forwarded.
    static func consumer(of client: RDClient) throws(KafkaError) -> RDQueue {
        try check(rd_kafka_poll_set_consumer(client.pointer), "forwarding the main queue")
        guard let pointer = rd_kafka_queue_get_consumer(client.pointer) else {
            throw KafkaError(code: KafkaError.Code.state, "the client has no consumer queue: it has no group.id")
        }
        return RDQueue(pointer)
    }

    /// A separate queue for the responses to one call.
    static func own(of client: RDClient) -> RDQueue { RDQueue(rd_kafka_queue_new(client.pointer)) }

    /// Waits for the next event; nil on timeout, or when `wake` is called.
    func poll(milliseconds: Int32) -> RDEvent? {
        guard let event = rd_kafka_queue_poll(pointer, milliseconds) else { return nil }
        return RDEvent(event)
    }

    /// Makes a waiting `poll` return at once.
    func wake() { rd_kafka_queue_yield(pointer) }

    func destroy() { rd_kafka_queue_destroy(pointer) }
}
