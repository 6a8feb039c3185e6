import Foundation
import Kafka
import Messages
import StrictJSON

@testable import Messaging

/// Handmade records, each of which can have one fault.
enum Records {
    /// The headers of a valid command.
    static func commandHeaders(
        _ type: String = "counter.add-amount.v1", id: UUID = UUID(), source: String = "tool", at time: Date = Date()
    ) -> [KafkaHeader] {
        [
            KafkaHeader("ce_specversion", "1.0"), KafkaHeader("ce_id", id.uuidString.lowercased()), KafkaHeader("ce_source", source),
            KafkaHeader("ce_type", type), KafkaHeader("ce_time", WireTime.text(time)), KafkaHeader("content-type", "application/json"),
        ]
    }

    /// The headers of a valid event.
    static func eventHeaders(
        _ type: String = "counter.amount-added.v1", id: UUID = UUID(), source: String = "counter", version: Int64, shard: Int16,
        sequence: Int64
    ) -> [KafkaHeader] {
        commandHeaders(type, id: id, source: source) + [
            KafkaHeader("ce_keyversion", String(version)), KafkaHeader("ce_shard", String(shard)),
            KafkaHeader("ce_sequence", String(sequence)),
        ]
    }

    /// A record as it would be received.
    static func record(
        topic: String = "counter.commands", partition: Int32 = 0, offset: Int64 = 0, key: [UInt8]? = Array("k".utf8),
        value: [UInt8]? = Array("{}".utf8),
        headers: [KafkaHeader] = commandHeaders(), timestamp: Date? = Date()
    ) -> KafkaRecord {
        KafkaRecord(topic: topic, partition: partition, offset: offset, key: key, value: value, headers: headers, timestamp: timestamp)
    }
}

extension [KafkaHeader] {
    /// Without the header of this name.
    func without(_ name: String) -> [KafkaHeader] { filter { $0.name != name } }

    /// With another value for the header of this name, in its place; appended if it is missing.
    func with(_ name: String, _ value: [UInt8]?) -> [KafkaHeader] {
        contains { $0.name == name }
            ? map { $0.name == name ? KafkaHeader(name: name, value: value) : $0 } : self + [KafkaHeader(name: name, value: value)]
    }

    func with(_ name: String, _ text: String) -> [KafkaHeader] { with(name, Array<UInt8>(text.utf8)) }
}
