import Kafka

/// A record's topic and key, as bytes. Parked messages are stored under it. All records of a topic without a key have the same, empty key:
/// none of them can be a valid message.
struct RawKey: Sendable, Hashable {
    let topic: String
    let bytes: [UInt8]

    init(_ record: KafkaRecord) { self.init(topic: record.topic, bytes: record.key ?? []) }

    init(topic: String, bytes: [UInt8]) { (self.topic, self.bytes) = (topic, bytes) }
}
