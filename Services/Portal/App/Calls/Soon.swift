import Foundation
import Messaging
import Postgres

extension PortalAPI {
    /// How long a request waits for what is being told of, at most.
    static let patience = Duration.seconds(5)

    /// Reads a thing. One that is not there and was asked for here a moment ago is waited for, so that whoever was answered that it is made
    /// finds it; a name of nothing, or of what was refused, is answered at once.
    func soon<Found: Sendable>(_ id: UUID, _ read: @Sendable (PostgresConnection) async throws -> Found?) async throws -> Found? {
        if let found = try await pool.withConnection(read) { return found }
        try await requests.waitUntilTold(ids: [id], within: Self.patience)
        return try await pool.withConnection(read)
    }
}
