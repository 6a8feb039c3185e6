import Foundation
import Kafka
import Messages
import Postgres
import StrictJSON

extension RelayRow {
    /// The usual size of a message with its headers, in bytes.
    private static let usualBytes = 800

    /// Reads what `RelayStatements.claim` selects. The outbox's content was checked when it was written; it is copied unchanged from the
    /// server's answer into the records, which share one piece of memory.
    static func rows(_ rows: PostgresRows, source: String) throws -> [RelayRow] {
        let source = Array(source.utf8)
        var topic = Topic()
        var block = KafkaRecordPartsBuffer(room: rows.count * usualBytes)
        var heads: [Head] = []
        heads.reserveCapacity(rows.count)
        for row in rows {
            var head = Head()
            try row.read(column: 0) { head.shard = try Int16.decode($0) }
            try row.read(column: 1) { head.position = try Int64.decode($0) }
            try row.read(column: 2) { head.isDeferred = try Bool.decode($0) }
            try row.read(column: 3) { head.sequence = try Int64.decode($0) }
            try row.read(column: 5) { try topic.read($0) }
            head.topic = topic.name
            try row.read(column: 14) { cell in if cell.bytes != nil { head.besideStoppedAt = try Date.decode(cell) } }
            try row.read(column: 15) { head.isSkipped = try Bool.decode($0) }
            try append(row, shard: head.shard, sequence: head.sequence, source: source, to: &block)
            heads.append(head)
        }
        return zip(heads, block.parts()).map { head, parts in
            RelayRow(
                shard: head.shard, position: head.position, sequence: head.sequence, topic: head.topic, parts: parts,
                isDeferred: head.isDeferred, besideStoppedAt: head.besideStoppedAt, isSkipped: head.isSkipped)
        }
    }

    /// The columns that are not sent.
    private struct Head {
        var shard: Int16 = 0
        var position: Int64 = 0
        var isDeferred = false
        var sequence: Int64 = 0
        var topic = ""
        var besideStoppedAt: Date?
        var isSkipped = false
    }

    /// Appends key, payload and the headers that `EnvelopeHeaders` writes for an envelope, in its order.
    private static func append(
        _ row: PostgresRow, shard: Int16, sequence: Int64, source: [UInt8], to block: inout KafkaRecordPartsBuffer
    ) throws {
        var failure: (any Error)?
        func put(_ column: Int, _ bytes: inout [UInt8], _ convert: (PostgresCell, inout [UInt8]) throws -> Void) {
            do { try row.read(column: column) { try convert($0, &bytes) } } catch { failure = failure ?? error }
        }
        func put(_ column: Int, _ bytes: inout [UInt8]) { put(column, &bytes) { $1 += try $0.requireBytes() } }
        func optional(_ name: String, _ column: Int, _ convert: (PostgresCell, inout [UInt8]) throws -> Void) throws {
            var isPresent = false
            try row.read(column: column) { isPresent = $0.bytes != nil }
            if isPresent { block.header(name) { put(column, &$0, convert) } }
        }
        block.begin()
        block.key { put(6, &$0) }
        block.value { put(13, &$0) }
        block.header(EnvelopeHeaders.specVersion) { $0 += "1.0".utf8 }
        block.header(EnvelopeHeaders.contentType) { $0 += "application/json".utf8 }
        block.header(EnvelopeHeaders.id) { put(4, &$0) { UUID.append(try $0.requireBytes(), to: &$1) } }
        block.header(EnvelopeHeaders.source) { $0 += source }
        block.header(EnvelopeHeaders.type) { put(8, &$0) }
        block.header(EnvelopeHeaders.time) { put(9, &$0) { WireTime.append(try Date.decode($0), to: &$1) } }
        try optional(EnvelopeHeaders.keyVersion, 7) { $1 += String(try Int64.decode($0)).utf8 }
        try optional(EnvelopeHeaders.cause, 10) { UUID.append(try $0.requireBytes(), to: &$1) }
        try optional(EnvelopeHeaders.trace, 11) { $1 += try $0.requireBytes() }
        try optional(EnvelopeHeaders.token, 12) { $1 += try $0.requireBytes() }
        block.header(EnvelopeHeaders.shard) { $0 += String(shard).utf8 }
        block.header(EnvelopeHeaders.sequence) { $0 += String(sequence).utf8 }
        if let failure { throw failure }
    }

    /// A topic's name. Rows of one topic follow each other, so a new string is made only where the bytes change.
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
