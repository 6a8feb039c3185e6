import Foundation
import Kernel
import Postgres

/// The clock that decides whether a timer is due.
enum TimerClock: Sendable {
    /// The wall clock, or a test clock.
    case wall(any InstantSource)
    /// The clock of a rehearsal, a row that all instances read.
    case rehearsal

    /// The current instant; nil while a rehearsal's clock has not been created.
    func now(_ pool: PostgresPool) async throws -> Date? {
        switch self {
        case .wall(let source): source.now()
        case .rehearsal: try await pool.withConnection { try await $0.query(Self.read).decode(Date.self).first }
        }
    }

    private static let read = PostgresStatement("clock.read", "select instant from rehearsal_clock")
}
