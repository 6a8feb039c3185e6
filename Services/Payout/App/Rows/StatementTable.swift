import Foundation
import ISO20022
import Kernel
import Messages
import PayoutDomain
import Postgres

/// The newest bank statement and our own attempts, read-only. It is loaded only for a reconciliation.
struct StatementTable: Sendable {
    var isRequested = false
    /// The greatest age of a statement that counts as current.
    var ageAtMost: Duration = .seconds(86_400)
    private(set) var input = Reconciliation.Matter()
    private var isFetched = false
    private var isOld = false
    private var trouble: StatementTrouble?

    /// Compares our books with the statement. Refused if the newest statement was refused (QUAN-37) or none counts as current (QUAN-15),
    /// because an older one must not be shown as current.
    func reconciled() throws(Refusal) -> PayoutsReconciled {
        if let trouble, trouble.kind == .refused || isOld || !isFetched { throw trouble.refusal }
        guard isFetched, !isOld else { throw StatementTrouble.missing(nil) }
        return Reconciliation.compare(input)
    }

    mutating func load(_ connection: PostgresConnection) async throws {
        guard isRequested else { return }
        trouble = try await Self.trouble(connection)
        guard
            let (at, unbooked, isOld) = try await connection.query(Self.readStatement, ageAtMost / .seconds(1))
                .decode(Date.self, Int32.self, Bool.self).first
        else { return }
        (isFetched, self.isOld) = (true, isOld)
        input.statementAt = at
        input.unbookedCount = Int(unbooked)
        input.bookings = try await connection.query(Self.readBookings).decode(String.self, String.self, Int64.self, String.self, Bool.self)
            .map { reference, id, amount, way, isReturn in
                guard let way = Reconciliation.Booking.Way(rawValue: way) else {
                    throw PostgresError(.decoding, "unknown direction of a booking")
                }
                return Reconciliation.Booking(
                    reference: reference, instructionID: UUID(compact: id), amountFen: Fen(amount), way: way, isReturn: isReturn)
            }
        input.recordedReturns = Set(try await connection.query(Self.readReceipts).decode(String.self))
        for (id, disbursement, amount, state, isSince) in try await connection.query(Self.readAttempts, at)
            .decode(UUID.self, UUID.self, Int64.self, String.self, Bool.self)
        {
            input.attempts.append(
                Reconciliation.Attempt(
                    instructionID: id, disbursementID: disbursement, amountFen: Fen(amount), state: try Instruction.State(column: state)))
            if isSince { input.bookedSince.insert(id) }
        }
    }

    /// Why the newest statement cannot be used; nil if it can.
    static func trouble(_ connection: PostgresConnection) async throws -> StatementTrouble? {
        try await connection.query(readTrouble).decode(Bool.self, String.self, String.self, String.self, String.self).first
            .map { isRefused, id, place, zh, en in
                StatementTrouble(
                    kind: isRefused ? .refused : .unfetched, statementID: id, place: place, reason: LocalisedText(zh: zh, en: en))
            }
    }

    /// Both times are the database's.
    private static let readStatement = PostgresStatement(
        "statement.read",
        """
        select fetched_at, unbooked_count, fetched_at < clock_timestamp() - $1::float8 * interval '1 second' from bank_statement
        """)
    private static let readTrouble = PostgresStatement(
        "statement.failure", "select is_refused, statement_id, place, reason_zh, reason_en from bank_statement_failure")
    private static let readBookings = PostgresStatement(
        "statement.bookings", "select reference, end_to_end_id, amount_fen, direction, is_return from bank_booking")
    private static let readReceipts = PostgresStatement(
        "statement.receipts",
        // Normalised as `BankReference.key` does.
        """
        select b.reference from bank_booking b
        where b.direction = 'credit'
          and exists (select from receipt r where r.bank_reference = upper(btrim(normalize(b.reference, nfkc))))
        """)
    private static let readAttempts = PostgresStatement(
        "statement.attempts",
        "select id, disbursement_id, amount_fen, state, coalesce(final_at >= $1, false) from instruction order by id")
}
