import Foundation
import Kernel
import Messaging
import Postgres

/// What time it is for whoever calls: the wall clock's, or in a rehearsal that of its own clock, which another service keeps.
struct PortalClock: Sendable {
    let pool: PostgresPool
    let isRehearsal: Bool

    private static let instant = PostgresStatement("portal.now", "select instant from rehearsal_clock")

    /// The instant a request that comes now is stamped with. Throws `ClockUnknown` in a rehearsal whose clock nobody has told yet.
    func now() async throws -> Date {
        guard isRehearsal else { return WallClock().now() }
        let found = try await pool.withConnection { try await $0.query(Self.instant).decode(Date.self).first }
        guard let found else { throw ClockUnknown() }
        return found
    }
}

/// The clock of a rehearsal has not been told here yet.
struct ClockUnknown: TransientFailure {}
