import Foundation
import PayoutDomain
import Postgres
import ServiceHost

/// Whether reconciliation has a current statement. Being unwell stops nothing; it informs operators.
enum StatementReadiness {
    /// Well if the newest statement was accepted and is not too old, and before the first one is due.
    static func state(_ pool: PostgresPool, ageAtMost: Duration) async -> HealthState {
        do {
            return try await pool.withConnection { connection in
                let trouble = try await StatementTable.trouble(connection)
                if let trouble, trouble.kind == .refused { return .unwell(trouble.explanation) }
                guard try await connection.query(readIsOld, ageAtMost / .seconds(1)).decode(Bool.self).first ?? false else { return .well }
                return .unwell(trouble?.explanation ?? "the bank's statement is too old; no reconciliation counts as current")
            }
        } catch {
            return .unwell("\(error)")
        }
    }

    /// Compares the age of the newest statement; if there was never one, the time since the first failed fetch.
    private static let readIsOld = PostgresStatement(
        "statement.is-old",
        """
        select coalesce((select fetched_at from bank_statement), (select failed_since from bank_statement_failure))
            < clock_timestamp() - $1::float8 * interval '1 second'
        """)
}
