import Foundation
import Postgres

extension PortalAPI {
    private static let isOurs = PostgresStatement("portal.is-ours", "select 1 from operation where id = $1")
    private static let patience = Duration.seconds(5)

    /// Reads a thing. One that was asked for here and is being told of just now is waited for, five seconds at most: whoever was answered that it is
    /// made finds it.
    func soon<Found: Sendable>(_ id: UUID, _ read: @Sendable (PostgresConnection) async throws -> Found?) async throws -> Found? {
        let end = ContinuousClock.now + Self.patience
        while true {
            let (found, isOurs) = try await pool.withConnection { connection in
                if let found = try await read(connection) { return (Found?.some(found), true) }
                return (nil, try await !connection.query(Self.isOurs, id).isEmpty)
            }
            if found != nil || !isOurs || ContinuousClock.now >= end { return found }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
