import CLibrdkafka
import Synchronization

/// librdkafka's producer calls. Many tasks may produce at once, each in `use.run`, so that the handle is not destroyed while they use it.
final class RDProducer: Sendable {
    let client: RDClient
    let queue: RDQueue
    let use = UseCount()
    private let topics = Mutex<Topics>(Topics())

    private struct Topics: @unchecked Sendable {
        var handles: [String: OpaquePointer] = [:]
    }

    init(_ properties: RDProperties) throws(KafkaError) {
        client = try RDClient(.producer, properties, events: RD_KAFKA_EVENT_DR)
        queue = RDQueue.main(of: client)
    }

    /// The handle of a topic, kept until the client is destroyed; nil for an invalid name. Call it in `use.run`.
    func topic(_ name: String) -> OpaquePointer? {
        topics.withLock { topics in
            if let handle = topics.handles[name] { return handle }
            guard let handle = rd_kafka_topic_new(client.pointer, name, nil) else { return nil }
            topics.handles[name] = handle
            return handle
        }
    }

    /// The number of records that are neither acknowledged nor failed.
    var outstanding: Int { Int(rd_kafka_outq_len(client.pointer)) }

    /// Fails every record that is not acknowledged yet; their delivery reports follow as events.
    func purge() { rd_kafka_purge(client.pointer, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT) }

    /// Blocks. No call may use the handle any more.
    func destroy() {
        topics.withLock { topics in
            for handle in topics.handles.values { rd_kafka_topic_destroy(handle) }
            topics.handles = [:]
        }
        queue.destroy()
        client.destroy()
    }
}
