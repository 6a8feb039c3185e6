import CLibrdkafka
import Foundation

/// Copies librdkafka's messages into records. A reader belongs to one thread: it caches topic names by their handles.
struct RDRecordReader {
    private var lastTopic: OpaquePointer?
    private var lastName = ""
    private var names: [OpaquePointer: String] = [:]

    /// Clears the cache, because handles are valid only while their partitions are assigned.
    mutating func forget() {
        lastTopic = nil
        names = [:]
    }

    /// The next record of an event; nil after the last.
    mutating func next(of event: borrowing RDEvent) -> KafkaRecord? {
        while let message = event.nextMessage() {
            if message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR { return record(message.pointee, message) }
        }
        return nil
    }

    private mutating func record(_ message: rd_kafka_message_t, _ pointer: UnsafePointer<rd_kafka_message_t>) -> KafkaRecord {
        KafkaRecord(
            topic: name(of: message.rkt), partition: message.partition, offset: message.offset,
            key: Self.bytes(message.key, message.key_len), value: Self.bytes(message.payload, message.len),
            headers: Self.headers(pointer), timestamp: Self.timestamp(pointer))
    }

    private mutating func name(of topic: OpaquePointer?) -> String {
        guard let topic else { return "" }
        if topic == lastTopic { return lastName }
        let name = names[topic] ?? String(cString: rd_kafka_topic_name(topic))
        names[topic] = name
        lastTopic = topic
        lastName = name
        return name
    }

    /// A null pointer means an absent value; an empty value has a pointer.
    private static func bytes(_ start: UnsafeRawPointer?, _ count: Int) -> [UInt8]? {
        start.map { [UInt8](UnsafeRawBufferPointer(start: $0, count: count)) }
    }

    private static func timestamp(_ message: UnsafePointer<rd_kafka_message_t>) -> Date? {
        var kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
        let milliseconds = rd_kafka_message_timestamp(message, &kind)
        guard kind != RD_KAFKA_TIMESTAMP_NOT_AVAILABLE, milliseconds >= 0 else { return nil }
        return Date(timeIntervalSince1970: Double(milliseconds) / 1000)
    }

    private static func headers(_ message: UnsafePointer<rd_kafka_message_t>) -> [KafkaHeader] {
        var list: OpaquePointer?
        guard rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list else { return [] }
        let count = rd_kafka_header_cnt(list)
        var headers: [KafkaHeader] = []
        headers.reserveCapacity(count)
        for index in 0..<count {
            var name: UnsafePointer<CChar>?
            var value: UnsafeRawPointer?
            var size = 0
            guard rd_kafka_header_get_all(list, index, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR, let name else { break }
            headers.append(KafkaHeader(name: String(cString: name), value: bytes(value, size)))
        }
        return headers
    }
}
