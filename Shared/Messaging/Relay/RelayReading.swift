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
        var block = KafkaRecordPartsBuffer(room: rows.count * usualBytes)
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
            try add(ClaimedMessage(row: row), to: &block, source: source, SequencePlace(shard: head.shard, sequence: head.sequence))
            heads.append(head)
        }
        return zip(heads, block.parts()).map { head, parts in
            RelayRow(
                shard: head.shard, position: head.position, isAside: head.isAside, sequence: head.sequence, topic: head.topic, parts: parts,
                besideStopped: head.besideStopped, isPutOff: head.isPutOff)
        }
    }

    /// The same records of messages that were handed over by who wrote them, each in its turn.
    static func rows(_ written: [WrittenMessage], source: String) -> [RelayRow] {
        let source = Array(source.utf8)
        var block = KafkaRecordPartsBuffer(room: written.reduce(0) { $0 + $1.draft.body.count } + written.count * usualBytes)
        for message in written {
            add(message, to: &block, source: source, SequencePlace(shard: message.draft.shard, sequence: message.sequence))
        }
        return zip(written, block.parts()).map { message, parts in
            RelayRow(
                shard: message.draft.shard, position: message.position, isAside: false, sequence: message.sequence,
                topic: message.draft.topic, parts: parts, besideStopped: nil)
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
    private static func add<M: RecordedMessage>(
        _ message: M, to block: inout KafkaRecordPartsBuffer, source: [UInt8], _ place: SequencePlace
    ) throws(M.Failure) {
        var failure: M.Failure?
        func put(_ part: RecordPart, _ bytes: inout [UInt8]) {
            do throws(M.Failure) { try message.append(part, to: &bytes) } catch { failure = failure ?? error }
        }
        block.begin()
        block.key { put(.key, &$0) }
        block.value { put(.body, &$0) }
        block.header(EnvelopeHeaders.specVersion) { $0 += "1.0".utf8 }
        block.header(EnvelopeHeaders.contentType) { $0 += "application/json".utf8 }
        block.header(EnvelopeHeaders.id) { put(.id, &$0) }
        block.header(EnvelopeHeaders.source) { $0 += source }
        block.header(EnvelopeHeaders.type) { put(.type, &$0) }
        block.header(EnvelopeHeaders.time) { put(.time, &$0) }
        if try message.has(.version) { block.header(EnvelopeHeaders.keyVersion) { put(.version, &$0) } }
        if try message.has(.cause) { block.header(EnvelopeHeaders.cause) { put(.cause, &$0) } }
        if try message.has(.trace) { block.header(EnvelopeHeaders.trace) { put(.trace, &$0) } }
        if try message.has(.token) { block.header(EnvelopeHeaders.token) { put(.token, &$0) } }
        block.header(EnvelopeHeaders.shard) { $0 += String(place.shard).utf8 }
        block.header(EnvelopeHeaders.sequence) { $0 += String(place.sequence).utf8 }
        if let failure { throw failure }
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

/// What a record tells of a message. The first six are always there.
private enum RecordPart {
    case key, body, id, type, time, version, cause, trace, token
}

/// A message whose parts are appended, each where it belongs in the record.
private protocol RecordedMessage {
    associatedtype Failure: Error

    func has(_ part: RecordPart) throws(Failure) -> Bool
    func append(_ part: RecordPart, to bytes: inout [UInt8]) throws(Failure)
}

/// One that was claimed from the outbox.
private struct ClaimedMessage: RecordedMessage {
    let row: PostgresRow

    private static func column(_ part: RecordPart) -> Int {
        switch part {
        case .id: 4
        case .key: 6
        case .version: 7
        case .type: 8
        case .time: 9
        case .cause: 10
        case .trace: 11
        case .token: 12
        case .body: 13
        }
    }

    func has(_ part: RecordPart) throws -> Bool {
        var isThere = false
        try row.read(column: Self.column(part)) { isThere = $0.bytes != nil }
        return isThere
    }

    func append(_ part: RecordPart, to bytes: inout [UInt8]) throws {
        try row.read(column: Self.column(part)) { cell in
            switch part {
            case .key, .body, .type, .trace, .token: bytes += try cell.requireBytes()
            case .id, .cause: UUID.append(try cell.requireBytes(), to: &bytes)
            case .time: WireTime.append(try Date.decode(cell), to: &bytes)
            case .version: bytes += String(try Int64.decode(cell)).utf8
            }
        }
    }
}

/// One that was handed over. Its time is the one that the database keeps.
extension WrittenMessage: RecordedMessage {
    fileprivate func has(_ part: RecordPart) -> Bool {
        switch part {
        case .key, .body, .id, .type, .time: true
        case .version: version != nil
        case .cause: draft.cause != nil
        case .trace: draft.trace != nil
        case .token: draft.token != nil
        }
    }

    fileprivate func append(_ part: RecordPart, to bytes: inout [UInt8]) {
        switch part {
        case .key: bytes += draft.key.utf8
        case .body: bytes += draft.body
        case .id: withUnsafeBytes(of: draft.id.uuid) { UUID.append($0, to: &bytes) }
        case .type: bytes += draft.type.description.utf8
        case .time: WireTime.append(draft.time.asTimestamp, to: &bytes)
        case .version: if let version { bytes += String(version).utf8 }
        case .cause: if let cause = draft.cause { withUnsafeBytes(of: cause.uuid) { UUID.append($0, to: &bytes) } }
        case .trace: if let trace = draft.trace { bytes += trace.traceparent.utf8 }
        case .token: if let token = draft.token { bytes += token.utf8 }
        }
    }
}
