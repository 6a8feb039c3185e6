public import Postgres

/// Whether a service can read every programme that was published to it.
///
/// A service adds it to its readiness:
/// ```swift
/// context.readiness.add("programmes") { await ProgrammeReadiness.problem(context.pool).map { .unwell($0) } ?? .well }
/// ```
public enum ProgrammeReadiness {
    /// What is wrong, for an operator: something was set aside because a programme could not be read. Nil when nothing is.
    public static func problem(_ pool: PostgresPool) async -> String? {
        do {
            let found = try await pool.withConnection { connection in
                try await connection.query(parked, ProgrammeUnreadable.beginning + "%").decode(String.self)
            }
            return found.first
        } catch {
            return "\(error)"
        }
    }

    private static let parked = PostgresStatement(
        "programme.parked", "select explanation from parked where explanation like $1 order by id limit 1")
}
