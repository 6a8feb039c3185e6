import Foundation
import Kafka

/// A key on its topic, as bytes: what is set aside, and everything after it, is kept under it.
///
/// Records without a key have nothing in common: each is kept for itself, and holds nothing up.
struct RawKey: Sendable, Hashable {
    let topic: String
    let bytes: [UInt8]
    /// Where a record without a key lies; nil for one that has a key.
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

    /// What the digest is of under which it is kept: the key, or for a record without one its place.
    var named: [UInt8] { place.map { Array("\0\($0)".utf8) } ?? bytes }
}
