import Foundation
import Kafka
import Messages
import Postgres

extension RelayRow {
    /// About as many bytes as a message of a service has on its way, headers included.
    private static let usualBytes = 800

    /// Reads what `RelayStatements.claim` selects. What the outbox holds was checked when it was written; it goes out as it stands, from the
    /// server's answer straight into the records, which share one piece of memory.
    static func rows(_ rows: PostgresRows, source: String) throws -> [RelayRow] {
        let source = Array(source.utf8)
        var topic = Topic()
        var block = KafkaPartsBlock(room: rows.count * usualBytes)
        var heads: [Head] = []
        heads.reserveCapacity(rows.count)
        for row in rows {
            var head = Head()
            try row.read(column: 0) { head.shard = try Int16.decode($0) }
            try row.read(column: 1) { head.position = try Int64.decode($0) }
            try row.read(column: 2) { head.isAside = try Bool.decode($0) }
            try row.read(column: 3) { head.sequence = try Int64.decode($0) }
            try row.read(column: 5) { try topic.read($0) }
            head.topic = topic.name
            try row.read(column: 14) { cell in if cell.bytes != nil { head.besideStopped = try Date.decode(cell) } }
            try row.read(column: 15) { head.isPutOff = try Bool.decode($0) }
            try add(row, to: &block, source: source, SequencePlace(shard: head.shard, sequence: head.sequence))
            heads.append(head)
        }
        return zip(heads, block.parts()).map { head, parts in
            RelayRow(
                shard: head.shard, position: head.position, isAside: head.isAside, sequence: head.sequence, topic: head.topic, parts: parts,
                besideStopped: head.besideStopped, isPutOff: head.isPutOff)
        }
    }

    /// What is not sent.
    private struct Head {
        var shard: Int16 = 0
        var position: Int64 = 0
        var isAside = false
        var sequence: Int64 = 0
        var topic = ""
        var besideStopped: Date?
        var isPutOff = false
    }

    /// Key, payload and the headers that `EnvelopeHeaders` writes for an envelope, in its order.
    private static func add(_ row: PostgresRow, to block: inout KafkaPartsBlock, source: [UInt8], _ place: SequencePlace) throws {
        block.begin()
        try row.read(column: 6) { key in
            let key = try key.requireBytes()
            block.key { $0 += key }
        }
        try row.read(column: 13) { body in
            let body = try body.requireBytes()
            block.value { $0 += body }
        }
        block.header(EnvelopeHeaders.specVersion) { $0 += "1.0".utf8 }
        block.header(EnvelopeHeaders.contentType) { $0 += "application/json".utf8 }
        try row.read(column: 4) { id in
            let octets = try id.requireBytes()
            block.header(EnvelopeHeaders.id) { UUID.append(octets, to: &$0) }
        }
        block.header(EnvelopeHeaders.source) { $0 += source }
        try row.read(column: 8) { type in
            let type = try type.requireBytes()
            block.header(EnvelopeHeaders.type) { $0 += type }
        }
        try row.read(column: 9) { time in
            let time = try Date.decode(time)
            block.header(EnvelopeHeaders.time) { WireTime.append(time, to: &$0) }
        }
        try row.read(column: 7) { version in
            guard version.bytes != nil else { return }
            let version = try Int64.decode(version)
            block.header(EnvelopeHeaders.keyVersion) { $0 += String(version).utf8 }
        }
        try row.read(column: 10) { cause in
            if let octets = cause.bytes { block.header(EnvelopeHeaders.cause) { UUID.append(octets, to: &$0) } }
        }
        try row.read(column: 11) { trace in if let trace = trace.bytes { block.header(EnvelopeHeaders.trace) { $0 += trace } } }
        try row.read(column: 12) { token in if let token = token.bytes { block.header(EnvelopeHeaders.token) { $0 += token } } }
        block.header(EnvelopeHeaders.shard) { $0 += String(place.shard).utf8 }
        block.header(EnvelopeHeaders.sequence) { $0 += String(place.sequence).utf8 }
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
