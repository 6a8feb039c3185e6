import Foundation
import PayoutDomain
import Postgres
import ServiceHost

/// Whether reconciliation stands on a current statement. Red takes nothing from the service: it tells people.
enum StatementReadiness {
    /// Well where the newest statement is understood and not too old; and before the first one is due.
    static func state(_ pool: PostgresPool, ageAtMost: Duration) async -> HealthState {
        do {
            return try await pool.withConnection { connection in
                let trouble = try await StatementTable.trouble(connection)
                if let trouble, trouble.kind == .refused { return .unwell(trouble.explanation) }
                guard try await connection.query(readIsOld, ageAtMost / .seconds(1)).decode(Bool.self).first ?? false else { return .well }
                return .unwell(trouble?.explanation ?? "the bank's statement is older than it may be; no reconciliation counts as current")
            }
        } catch {
            return .unwell("\(error)")
        }
    }

    /// How old the newest statement is; where there never was one, how long none has come.
    private static let readIsOld = PostgresStatement(
        "statement.is-old",
        """
        select coalesce((select fetched_at from bank_statement), (select since from bank_statement_trouble))
            < clock_timestamp() - $1::float8 * interval '1 second'
        """)
}
