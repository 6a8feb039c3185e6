import Foundation
import Kafka
import Kernel
import Messages
import Postgres

extension BatchProcessor {
    /// What giving a message up leaves behind: for a command its refusal, for an event its number, and in any case an audit row.
    ///
    /// It goes the way of every message, so that what was held for it is taken up, and what came before it and is still missing
    /// keeps its turn.
    func discard(_ incoming: Incoming<Rows>, _ discard: DiscardParked, request: UUID, on connection: PostgresConnection) async throws {
        let refusal = PlatformRule.discardedByOperator.refusal(LocalisedText(zh: discard.reason, en: discard.reason))
        let substitute = incoming.givenUp(with: refusal, isCommand: incoming.record.topic == Topic.commands(of: contents.service), ids: ids)
        _ = try await process([substitute], passingParked: RawKey(incoming.record), on: connection)
        let detail = DiscardNote(parkedID: discard.parkedID, operatorName: discard.operatorName, reason: discard.reason)
        _ = try await connection.execute(
            InboxStatements.audit,
            [
                [request], [DiscardParked.type.description], ["parked/\(discard.parkedID)"], [contents.service], ["discarded"],
                [PostgresJSON?.none], [try PostgresJSON(encoding: detail)], [incoming.time],
            ])
    }
}

extension Incoming {
    /// When it was said, or else when the broker had it.
    fileprivate var time: Date { envelope?.time ?? record.timestamp ?? Date(timeIntervalSince1970: 0) }

    /// What stands in the place of a message that is given up: a refused command, or an event that changes nothing.
    fileprivate func givenUp(with refusal: Refusal, isCommand: Bool, ids: UUIDv7Source) -> Incoming {
        if isCommand, let envelope { return Incoming(record: record, envelope: envelope, content: .refused(refusal), standing: standing) }
        guard !isCommand, let (stream, version) = streamVersion else {
            return Incoming(record: record, envelope: nil, content: .passedOver, standing: standing)
        }
        let envelope = Envelope(
            id: envelope?.id ?? ids.next(at: time), source: stream.source, type: MessageType("platform", "message-discarded"), time: time,
            key: stream.key, version: version, place: standing?.place, cause: envelope?.cause, trace: envelope?.trace)
        let empty = KafkaRecord(
            topic: record.topic, partition: record.partition, offset: record.offset, key: record.key, value: Array("{}".utf8),
            headers: EnvelopeHeaders.headers(of: envelope), timestamp: record.timestamp)
        return Incoming(record: empty, envelope: envelope, content: .passedOver)
    }
}

/// What the audit trail keeps of a discarded message besides its place.
private struct DiscardNote: Codable {
    let parkedID: Int64
    let operatorName: String
    let reason: String
}
