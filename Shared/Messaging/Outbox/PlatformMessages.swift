import AuditTrail
import Foundation
import Kernel
import Messages
import Postgres
import Recovery

/// Writes the messages that the messaging layer itself sends.
struct PlatformMessages: Sendable {
    let service: String
    let ids: UUIDv7Source

    /// Writes the event with the head of the service's audit trail.
    func write(_ head: AuditSealed, on connection: PostgresConnection) async throws {
        let now = WallClock().now()
        let draft = OutboxDraft(
            id: ids.next(at: now), topic: Topic.events(of: service), key: "audit", type: AuditSealed.type, isVersioned: true, time: now,
            body: try MessageBody.encode(head))
        try await OutboxWriter.write([draft], on: connection)
    }

    /// Writes requests for missing records. Returns their ids.
    func write(_ requests: [CatchUp.Request], on connection: PostgresConnection) async throws -> [UUID] {
        let now = WallClock().now()
        let drafts = try requests.map { request in
            OutboxDraft(
                id: ids.next(at: now), topic: Topic.commands(of: request.source), key: "republish/\(service)/\(request.republish.topic)",
                type: Republish.type, isVersioned: false, time: now, cause: request.repeats, body: try MessageBody.encode(request.republish)
            )
        }
        try await OutboxWriter.write(drafts, on: connection)
        return drafts.map(\.id)
    }
}
