import Foundation
package import Kafka
import Messages
import StrictJSON

/// The envelope as Kafka headers, CloudEvents 1.0 binary mode.
package enum EnvelopeHeaders {
    static let specVersion = "ce_specversion"
    static let id = "ce_id"
    static let source = "ce_source"
    static let type = "ce_type"
    static let time = "ce_time"
    static let keyVersion = "ce_keyversion"
    static let shard = "ce_shard"
    static let sequence = "ce_sequence"
    static let cause = "ce_cause"
    static let token = "ce_token"
    static let trace = "traceparent"
    static let contentType = "content-type"

    private static let known: Set<String> = [
        specVersion, id, source, type, time, keyVersion, shard, sequence, cause, token, trace, contentType,
    ]

    private static let always = [KafkaHeader(specVersion, "1.0"), KafkaHeader(contentType, "application/json")]

    /// The headers of an envelope, in a fixed order.
    package static func headers(of envelope: Envelope) -> [KafkaHeader] {
        var headers = always
        headers.append(KafkaHeader(name: id, value: envelope.id.lowercasedOctets))
        headers.append(KafkaHeader(source, envelope.source))
        headers.append(KafkaHeader(type, envelope.type.description))
        headers.append(KafkaHeader(time, WireTime.text(envelope.time)))
        if let version = envelope.version { headers.append(KafkaHeader(keyVersion, String(version))) }
        if let cause = envelope.cause { headers.append(KafkaHeader(name: self.cause, value: cause.lowercasedOctets)) }
        if let trace = envelope.trace?.traceparent { headers.append(KafkaHeader(self.trace, trace)) }
        if let token = envelope.token { headers.append(KafkaHeader(self.token, token)) }
        if let place = envelope.place {
            headers.append(KafkaHeader(shard, String(place.shard)))
            headers.append(KafkaHeader(sequence, String(place.sequence)))
        }
        return headers
    }

    /// The headers that Quan reads, by name. Repeating one of them is a fault; other headers are ignored.
    static func read(_ headers: [KafkaHeader]) throws(EnvelopeFault) -> [String: String] {
        var values: [String: String] = [:]
        for header in headers where known.contains(header.name) {
            guard let bytes = header.value, bytes.count <= MessageLimits.headerBytes, let text = String(validating: bytes, as: UTF8.self)
            else { throw .malformedHeader(header.name, expected: "text of at most \(MessageLimits.headerBytes) bytes") }
            guard values.updateValue(text, forKey: header.name) == nil else { throw .repeatedHeader(header.name) }
        }
        return values
    }

    /// The envelope of a record.
    static func envelope(of record: KafkaRecord) throws(EnvelopeFault) -> Envelope {
        let key = try key(of: record)
        let values = try read(record.headers)
        guard try text(values, specVersion) == "1.0" else { throw .malformedHeader(specVersion, expected: "1.0") }
        if let content = values[contentType], !content.hasPrefix("application/json") {
            throw .malformedHeader(contentType, expected: "application/json")
        }
        let version = try optional(values, keyVersion, "a whole number from 1", number)
        return Envelope(
            id: try required(values, id, "a UUID", UUID.init(uuidString:)),
            source: try required(values, source, "a service's name", serviceName),
            type: try required(values, type, "<service>.<name>.v<n>", MessageType.init(parsing:)),
            time: try required(values, time, "an RFC 3339 instant in UTC", WireTime.instant),
            key: key, version: version, place: try place(values),
            cause: try optional(values, cause, "a UUID", UUID.init(uuidString:)),
            trace: values[trace].flatMap(TraceContext.init(traceparent:)), token: values[token])
    }

    /// The origin of a record whose envelope cannot be read, as far as its headers can be read; nil if its source cannot.
    ///
    /// Its producer has numbered the record all the same: unless its numbers count as received, the reader would request it for ever.
    static func origin(of record: KafkaRecord) -> RecordOrigin? {
        func single<T>(_ name: String, _ read: (String) -> T?) -> T? {
            let found = record.headers.filter { $0.name == name }
            guard found.count == 1, let bytes = found[0].value, bytes.count <= MessageLimits.headerBytes else { return nil }
            return String(validating: bytes, as: UTF8.self).flatMap(read)
        }
        guard let source = single(source, serviceName) else { return nil }
        let shard = single(shard) { Int16($0).flatMap { (0..<Shard.count).contains($0) ? $0 : nil } }
        let sequence = single(sequence, number)
        return RecordOrigin(
            source: source, key: try? key(of: record), version: single(keyVersion, number),
            place: shard.flatMap { shard in sequence.map { SequencePlace(shard: shard, sequence: $0) } })
    }

    private static func key(of record: KafkaRecord) throws(EnvelopeFault) -> String {
        guard let bytes = record.key, !bytes.isEmpty else { throw .noKey }
        guard bytes.count <= MessageLimits.keyBytes else { throw .keyTooLong(bytes: bytes.count) }
        guard let key = String(validating: bytes, as: UTF8.self), !key.utf8.contains(0) else { throw .keyNotText }
        return key
    }

    private static func place(_ values: [String: String]) throws(EnvelopeFault) -> SequencePlace? {
        let shard = try optional(values, shard, "a whole number from 0 to \(Shard.count - 1)", Int16.init)
        let sequence = try optional(values, sequence, "a whole number from 1", number)
        switch (shard, sequence) {
        case (nil, nil): return nil
        case (_?, nil): throw .missingHeader(self.sequence)
        case (nil, _?): throw .missingHeader(self.shard)
        case (let shard?, let sequence?):
            guard (0..<Shard.count).contains(shard) else { throw .malformedHeader(self.shard, expected: "from 0 to \(Shard.count - 1)") }
            return SequencePlace(shard: shard, sequence: sequence)
        }
    }

    /// The text, if it is a valid service name.
    static func serviceName(_ text: String) -> String? {
        MessageType(parsing: "\(text).x.v1").map(\.service)
    }

    private static func number(_ text: String) -> Int64? {
        Int64(text).flatMap { (1...MessageLimits.greatestNumber).contains($0) ? $0 : nil }
    }

    private static func text(_ values: [String: String], _ name: String) throws(EnvelopeFault) -> String {
        guard let value = values[name] else { throw .missingHeader(name) }
        return value
    }

    private static func required<T>(
        _ values: [String: String], _ name: String, _ expected: String, _ read: (String) -> T?
    ) throws(EnvelopeFault) -> T {
        guard let value = read(try text(values, name)) else { throw .malformedHeader(name, expected: expected) }
        return value
    }

    private static func optional<T>(
        _ values: [String: String], _ name: String, _ expected: String, _ read: (String) -> T?
    ) throws(EnvelopeFault) -> T? {
        guard values[name] != nil else { return nil }
        return try required(values, name, expected, read)
    }
}

/// A record's source, key and version, and its place in the producer's sequence.
struct RecordOrigin: Sendable, Hashable {
    let source: String
    let key: String?
    let version: Int64?
    let place: SequencePlace?
}
