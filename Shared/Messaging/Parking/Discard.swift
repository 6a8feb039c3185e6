import AuditTrail
import Foundation
import Kafka
import Kernel
import Messages
import Postgres

extension BatchProcessor {
    /// Discards a parked message: a command is refused, an event counts as applied without effect, and an audit row is written.
    ///
    /// A substitute is processed like any message, so that events held for it are released, and missing predecessors are still applied
    /// first.
    func discard(_ incoming: Incoming<Rows>, _ discard: DiscardParked, request: UUID, on connection: PostgresConnection) async throws {
        let refusal = PlatformRule.discardedByOperator.refusal(LocalisedText(zh: discard.reason, en: discard.reason))
        let substitute = incoming.discarded(
            with: refusal, isCommand: incoming.record.topic == Topic.commands(of: registry.service), ids: ids)
        _ = try await process([substitute], ignoringParked: RawKey(incoming.record), on: connection)
        let detail = DiscardNote(parkedID: discard.parkedID, operatorName: discard.operatorName, reason: discard.reason)
        let row = AuditTrail.Row(
            messageID: request, type: DiscardParked.type.description, key: "parked/\(discard.parkedID)", source: registry.service,
            outcome: .discarded, detail: try PostgresJSON(encoding: detail), decidedAt: incoming.time)
        try connection.enqueue([AuditTrail.append([row])])
    }
}

extension Incoming {
    /// The message's time, or else the broker's.
    fileprivate var time: Date { envelope?.time ?? record.timestamp ?? Date(timeIntervalSince1970: 0) }

    /// The substitute for a discarded message: a refused command, or an event without effect.
    fileprivate func discarded(with refusal: Refusal, isCommand: Bool, ids: UUIDv7Source) -> Incoming {
        if isCommand, let envelope { return Incoming(record: record, envelope: envelope, content: .refused(refusal), origin: origin) }
        guard !isCommand, let (stream, version) = streamVersion else {
            return Incoming(record: record, envelope: nil, content: .ignored, origin: origin)
        }
        let envelope = Envelope(
            id: envelope?.id ?? ids.next(at: time), source: stream.source, type: MessageType("platform", "message-discarded"), time: time,
            key: stream.key, version: version, place: origin?.place, cause: envelope?.cause, trace: envelope?.trace)
        let empty = KafkaRecord(
            topic: record.topic, partition: record.partition, offset: record.offset, key: record.key, value: Array("{}".utf8),
            headers: EnvelopeHeaders.headers(of: envelope), timestamp: record.timestamp)
        return Incoming(record: empty, envelope: envelope, content: .ignored)
    }
}

/// The detail of a discarded message's audit row.
private struct DiscardNote: Codable {
    let parkedID: Int64
    let operatorName: String
    let reason: String
}
