import Foundation
import ISO20022
import Kernel
import PayoutDomain
import Postgres

/// Saves a statement, or the reason why there is none.
enum StatementRecorder {
    /// Replaces older statements. The lock on the single row of `bank_statement` serialises concurrent instances.
    static func save(_ statements: [AccountStatement], fetchedAt: Date, on connection: PostgresConnection) async throws {
        let unbooked = statements.reduce(0) { $0 + $1.unbookedCount }
        guard try await connection.execute(saveStatement, fetchedAt, Int32(unbooked)) == 1 else { return }
        let bookings = statements.flatMap(\.bookings)
        try await connection.execute(deleteBookings)
        try await connection.execute(
            insertBookings, bookings.map(\.reference), bookings.map(\.endToEndID), bookings.map(\.amountFen.rawValue), bookings.map(\.at),
            bookings.map { $0.direction == .credit ? "credit" : "debit" }, bookings.map(\.isReturn))
        try await connection.execute(clearTrouble, fetchedAt)
    }

    /// Records that a statement was refused or could not be fetched. A refusal stays until a later statement is accepted.
    static func recordTrouble(_ trouble: StatementTrouble, at fetchedAt: Date, on connection: PostgresConnection) async throws {
        try await connection.execute(
            writeTrouble, trouble.kind == .refused, fetchedAt, trouble.statementID, trouble.place, trouble.reason.zh, trouble.reason.en)
    }

    private static let saveStatement = PostgresStatement(
        "statement.begin",
        """
        insert into bank_statement (fetched_at, unbooked_count) values ($1, $2)
        on conflict (is_only) do update set fetched_at = excluded.fetched_at, unbooked_count = excluded.unbooked_count
            where bank_statement.fetched_at < excluded.fetched_at
        """)
    private static let deleteBookings = PostgresStatement("statement.clear", "delete from bank_booking")
    private static let insertBookings = PostgresStatement(
        "statement.fill",
        """
        insert into bank_booking (reference, end_to_end_id, amount_fen, booked_at, direction, is_return)
        select * from unnest($1::text[], $2::text[], $3::bigint[], $4::timestamptz[], $5::text[], $6::boolean[])
        """)
    private static let clearTrouble = PostgresStatement(
        "statement.clear-failure", "delete from bank_statement_failure where last_failed_at < $1")
    private static let writeTrouble = PostgresStatement(
        "statement.write-failure",
        """
        insert into bank_statement_failure as known (is_refused, failed_since, last_failed_at, statement_id, place, reason_zh, reason_en)
        select $1, $2, $2, $3, $4, $5, $6 where not exists (select from bank_statement where fetched_at > $2)
        on conflict (is_only) do update set is_refused = excluded.is_refused, last_failed_at = excluded.last_failed_at,
            statement_id = excluded.statement_id, place = excluded.place, reason_zh = excluded.reason_zh, reason_en = excluded.reason_en,
            failed_since = case when known.is_refused = excluded.is_refused then known.failed_since else excluded.failed_since end
            where known.last_failed_at <= excluded.last_failed_at and (excluded.is_refused or not known.is_refused)
        """)
}
