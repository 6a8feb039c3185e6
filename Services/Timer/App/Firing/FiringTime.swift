import Foundation
import Kernel
import Postgres

/// What *now* is for a timer.
enum FiringTime: Sendable {
    /// The machine's clock, or a test's in its place.
    case wall(any InstantSource)
    /// The clock of a rehearsal: one row that all instances read.
    case rehearsal

    /// The present instant; nil where a rehearsal's clock has not been set up.
    func now(_ pool: PostgresPool) async throws -> Date? {
        switch self {
        case .wall(let source): source.now()
        case .rehearsal: try await pool.withConnection { try await $0.query(Self.read).decode(Date.self).first }
        }
    }

    private static let read = PostgresStatement("clock.read", "select instant from rehearsal_clock")
}
