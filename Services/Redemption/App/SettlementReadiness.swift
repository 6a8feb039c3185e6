import Postgres

/// Whether `ordering` has settled all final decisions in time. Until it has, nothing is paid, so an operator must investigate.
enum SettlementReadiness {
    /// The problem for the operator; nil if there is none.
    static func problem(_ pool: PostgresPool) async -> String? {
        do {
            let waiting = try await pool.withConnection { try await $0.query(late).decode(Int64.self) }.first ?? 0
            return waiting == 0 ? nil : "\(waiting) final decisions have waited more than 15 minutes for ordering to settle them"
        } catch {
            return "\(error)"
        }
    }

    private static let late = PostgresStatement(
        "redemption.late",
        """
        select count(*) from redemption
        where settlement_step is not null and settled_at is null and settlement_sent_at < now() - interval '15 minutes'
        """)
}
