import Foundation
import Messaging
import Postgres

extension PortalAPI {
    /// How long a request waits for pending events, at most.
    static let eventTimeout = Duration.seconds(5)

    /// Reads a record. Where it is missing but a recently completed command created it, waits for its event and reads again; an unknown id
    /// and a refused command are not waited for.
    func readAfterPendingEvents<Found: Sendable>(
        _ id: UUID, _ read: @Sendable (PostgresConnection) async throws -> Found?
    ) async throws -> Found? {
        if let found = try await pool.withConnection(read) { return found }
        try await requests.waitUntilApplied(ids: [id], within: Self.eventTimeout)
        return try await pool.withConnection(read)
    }
}
