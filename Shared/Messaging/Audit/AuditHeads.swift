import Messages
import Postgres

/// Stores the heads of other services' audit trails.
enum AuditHeads {
    /// The maximum number of heads in an answer.
    static let headsAtMost = 500

    /// Stores heads. A stored head is never overwritten: the first version counts.
    static func step(keeping heads: [(source: String, head: AuditSealed)]) -> PostgresStep {
        PostgresStep(keep, [heads.map(\.source), heads.map(\.head.number), heads.map(\.head.hash)])
    }

    /// The stored heads of a service.
    static func list(_ request: ListAuditHeads, on connection: PostgresConnection) async throws -> ListAuditHeads.Answer {
        let rows = try await connection.query(list, request.service, request.after, Int64(headsAtMost) + 1).decode(Int64.self, String.self)
        let heads = rows.prefix(headsAtMost).map { VerifyAudit.Seal(number: $0.0, hash: $0.1) }
        return ListAuditHeads.Answer(heads: heads, isEnd: rows.count <= headsAtMost)
    }

    private static let keep = PostgresStatement(
        "audit-heads.keep",
        """
        insert into audit_head (source, number, hash)
        select source, number, hash from unnest($1::text[], $2::bigint[], $3::text[]) as h(source, number, hash) order by source, number
        on conflict do nothing
        """)

    private static let list = PostgresStatement(
        "audit-heads.list", "select number, hash from audit_head where source = $1 and number > $2 order by number limit $3")
}
