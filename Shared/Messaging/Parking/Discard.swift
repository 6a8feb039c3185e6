import Foundation
import Kafka
import Kernel
import Messages
import Postgres

extension BatchProcessor {
    /// What giving a message up leaves behind: an audit row, for a command its refusal, for an event its number.
    func discard(_ incoming: Incoming<Rows>, _ discard: DiscardParked, request: UUID, on connection: PostgresConnection) async throws {
        let refusal = PlatformRule.discardedByOperator.refusal(LocalisedText(zh: discard.reason, en: discard.reason))
        var decisions = Decisions(service: contents.service, ids: ids)
        var steps: [PostgresStep] = []
        if let (stream, version) = incoming.streamVersion {
            steps.append(
                PostgresStep(InboxStatements.saveVersions, [[stream.source], [stream.topic], [stream.key], [version]]))
        } else if let envelope = incoming.envelope, incoming.record.topic == Topic.commands(of: contents.service) {
            try decisions.refuse(envelope, refusal)
        }
        let detail = DiscardNote(parkedID: discard.parkedID, operatorName: discard.operatorName, reason: discard.reason)
        let now = incoming.envelope?.time ?? incoming.record.timestamp ?? WallClock().now()
        steps.append(
            PostgresStep(
                InboxStatements.audit,
                [
                    [request], [DiscardParked.type.description], ["parked/\(discard.parkedID)"], [contents.service], ["discarded"],
                    [PostgresJSON?.none], [try PostgresJSON(encoding: detail)], [now],
                ]))
        try await OutboxWriter.write(decisions.drafts, on: connection)
        _ = try await connection.pipeline(try decisions.steps() + steps)
    }
}

/// What the audit trail keeps of a discarded message besides its place.
private struct DiscardNote: Codable {
    let parkedID: Int64
    let operatorName: String
    let reason: String
}
