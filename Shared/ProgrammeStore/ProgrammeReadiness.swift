public import Postgres

/// Whether a service can load every published programme.
///
/// A service adds it to its readiness:
/// ```swift
/// context.readiness.add("programmes") { await ProgrammeReadiness.problem(context.pool).map { .unwell($0) } ?? .well }
/// ```
public enum ProgrammeReadiness {
    /// The problem for the operator: a message is parked because a programme cannot be loaded. Nil if there is none.
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
