import Foundation
import Kernel
import Messaging
import Postgres

/// The current time of the installation: the wall clock, or in a rehearsal the clock that `timer` publishes.
struct PortalClock: Sendable {
    let pool: PostgresPool
    let isRehearsal: Bool

    private static let instant = PostgresStatement("portal.now", "select instant from rehearsal_clock")

    /// The instant of receipt of a request that arrives now. Throws `ClockUnknown` while no clock event of the rehearsal has been applied.
    func now() async throws -> Date {
        guard isRehearsal else { return WallClock().now() }
        let found = try await pool.withConnection { try await $0.query(Self.instant).decode(Date.self).first }
        guard let found else { throw ClockUnknown() }
        return found
    }
}

/// No clock event of the rehearsal has been applied yet.
struct ClockUnknown: TransientFailure {}
