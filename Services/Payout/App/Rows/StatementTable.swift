import Foundation
import ISO20022
import Kernel
import PayoutDomain
import Postgres

/// The bank's statement as it was last fetched, and our own attempts beside it; read only, and only when somebody reconciles.
struct StatementTable: Sendable {
    var isWanted = false
    /// When it was fetched; nil when it never was.
    private(set) var fetchedAt: Date?
    private(set) var bookings: [Reconciliation.Booking] = []
    private(set) var attempts: [Reconciliation.Attempt] = []
    /// Attempts whose end was heard of after it was fetched.
    private(set) var bookedSince: Set<UUID> = []

    mutating func load(_ connection: PostgresConnection) async throws {
        guard isWanted, let at = try await connection.query(Self.readTime).decode(Date.self).first else { return }
        fetchedAt = at
        bookings = try await connection.query(Self.readBookings).decode(String.self, String.self, Int64.self).map {
            Reconciliation.Booking(reference: $0, instructionID: UUID(compact: $1), amountFen: Fen($2))
        }
        for (id, disbursement, amount, state, isSince) in try await connection.query(Self.readAttempts, at)
            .decode(UUID.self, UUID.self, Int64.self, String.self, Bool.self)
        {
            attempts.append(
                Reconciliation.Attempt(
                    instructionID: id, disbursementID: disbursement, amountFen: Fen(amount), state: try Instruction.State(column: state)))
            if isSince { bookedSince.insert(id) }
        }
    }

    private static let readTime = PostgresStatement("statement.time", "select fetched_at from bank_statement")
    private static let readBookings = PostgresStatement(
        "statement.bookings", "select reference, end_to_end_id, amount_fen from bank_booking")
    private static let readAttempts = PostgresStatement(
        "statement.attempts",
        "select id, disbursement_id, amount_fen, state, coalesce(final_at >= $1, false) from instruction order by id")
}
