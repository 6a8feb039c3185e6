import Foundation
import Kafka

/// A record's topic and key, as bytes. Parked messages are stored under it.
///
/// Each record without a key is parked on its own and blocks no other record.
struct RawKey: Sendable, Hashable {
    let topic: String
    let bytes: [UInt8]
    /// The partition, offset and time of a record without a key; nil for a record with a key.
    private let place: String?

    init(_ record: KafkaRecord) {
        topic = record.topic
        bytes = record.key ?? []
        let microseconds = Int64(((record.timestamp?.timeIntervalSince1970 ?? 0) * 1e6).rounded())
        place = bytes.isEmpty ? "\(record.partition)/\(record.offset)/\(microseconds)" : nil
    }

    init(topic: String, bytes: [UInt8]) {
        self.topic = topic
        self.bytes = bytes
        place = nil
    }

    /// Whether the record had no key.
    var isKeyless: Bool { bytes.isEmpty }

    /// The bytes whose digest identifies it in `parked_key`: the key, or for a record without one its place.
    var digestInput: [UInt8] { place.map { Array("\0\($0)".utf8) } ?? bytes }
}
