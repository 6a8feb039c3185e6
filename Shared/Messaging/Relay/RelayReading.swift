import Foundation
import Kafka
import Messages
import Postgres

extension RelayRow {
    /// Reads what `RelayStatements.claim` selects. What the outbox holds was checked when it was written; it goes out as it stands, from the
    /// server's answer straight into the record.
    static func rows(_ rows: PostgresRows, source: String) throws -> [RelayRow] {
        let source = Array(source.utf8)
        var topic = Topic()
        return try rows.map { row in
            var (shard, position, sequence, isAside) = (Int16(0), Int64(0), Int64(0), false)
            try row.read(column: 0) { shard = try Int16.decode($0) }
            try row.read(column: 1) { position = try Int64.decode($0) }
            try row.read(column: 2) { isAside = try Bool.decode($0) }
            try row.read(column: 3) { sequence = try Int64.decode($0) }
            try row.read(column: 5) { try topic.read($0) }
            var besideStopped: Date?
            try row.read(column: 14) { cell in if cell.bytes != nil { besideStopped = try Date.decode(cell) } }
            var isPutOff = false
            try row.read(column: 15) { isPutOff = try Bool.decode($0) }
            return RelayRow(
                shard: shard, position: position, isAside: isAside, sequence: sequence, topic: topic.name,
                parts: try parts(row, source: source, SequencePlace(shard: shard, sequence: sequence)), besideStopped: besideStopped,
                isPutOff: isPutOff)
        }
    }

    /// Key, payload and the headers that `EnvelopeHeaders` writes for an envelope, in its order.
    private static func parts(_ row: PostgresRow, source: [UInt8], _ place: SequencePlace) throws -> KafkaParts {
        var found: KafkaParts?
        try row.read(column: 6) { key in
            let key = try key.requireBytes()
            try row.read(column: 13) { body in
                let body = try body.requireBytes()
                found = KafkaParts(room: body.count + key.count + 700, key: { $0 += key }, value: { $0 += body })
            }
        }
        guard var parts = found else { throw PostgresError(.decoding, "a row of the outbox has no key or no body") }
        parts.addHeader(EnvelopeHeaders.specVersion) { $0 += "1.0".utf8 }
        parts.addHeader(EnvelopeHeaders.contentType) { $0 += "application/json".utf8 }
        try row.read(column: 4) { id in
            let octets = try id.requireBytes()
            parts.addHeader(EnvelopeHeaders.id) { UUID.append(octets, to: &$0) }
        }
        parts.addHeader(EnvelopeHeaders.source) { $0 += source }
        try row.read(column: 8) { type in
            let type = try type.requireBytes()
            parts.addHeader(EnvelopeHeaders.type) { $0 += type }
        }
        try row.read(column: 9) { time in
            let time = try Date.decode(time)
            parts.addHeader(EnvelopeHeaders.time) { WireTime.append(time, to: &$0) }
        }
        try row.read(column: 7) { version in
            guard version.bytes != nil else { return }
            let version = try Int64.decode(version)
            parts.addHeader(EnvelopeHeaders.keyVersion) { $0 += String(version).utf8 }
        }
        try row.read(column: 10) { cause in
            if let octets = cause.bytes { parts.addHeader(EnvelopeHeaders.cause) { UUID.append(octets, to: &$0) } }
        }
        try row.read(column: 11) { trace in if let trace = trace.bytes { parts.addHeader(EnvelopeHeaders.trace) { $0 += trace } } }
        try row.read(column: 12) { token in if let token = token.bytes { parts.addHeader(EnvelopeHeaders.token) { $0 += token } } }
        parts.addHeader(EnvelopeHeaders.shard) { $0 += String(place.shard).utf8 }
        parts.addHeader(EnvelopeHeaders.sequence) { $0 += String(place.sequence).utf8 }
        return parts
    }

    /// Topics come over and over: a text of its own is made only where it changes.
    private struct Topic {
        private(set) var name = ""
        private var bytes: [UInt8] = []

        mutating func read(_ cell: PostgresCell) throws {
            let found = try cell.requireBytes()
            if found.elementsEqual(bytes) { return }
            bytes = Array(found)
            name = String(decoding: bytes, as: UTF8.self)
        }
    }
}
