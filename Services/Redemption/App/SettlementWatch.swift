import Postgres

/// Tells when `ordering` has not done what a final decision asked of it: nothing is lost then, and nothing is paid either, so somebody must look.
enum SettlementWatch {
    /// What an operator reads; nil where nothing waits longer than it should.
    static func problem(_ pool: PostgresPool) async -> String? {
        do {
            let waiting = try await pool.withConnection { try await $0.query(late).decode(Int64.self) }.first ?? 0
            return waiting == 0 ? nil : "\(waiting) final decisions wait for more than 15 minutes for ordering to settle them"
        } catch {
            return "\(error)"
        }
    }

    private static let late = PostgresStatement(
        "redemption.late",
        """
        select count(*) from redemption
        where settles is not null and settled_at is null and asked_at < now() - interval '15 minutes'
        """)
}
