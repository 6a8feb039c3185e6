package import Messages
package import Postgres

/// Stores the heads of other services' audit trails.
package enum AuditHeads {
    /// The maximum number of heads in an answer.
    static let headsAtMost = 500

    /// Stores heads. A stored head is never overwritten: the first version counts.
    package static func step(storing heads: [(source: String, head: AuditSealed)]) -> PostgresStep {
        PostgresStep(insert, [heads.map(\.source), heads.map(\.head.number), heads.map(\.head.hash)])
    }

    /// The stored heads of a service.
    package static func list(_ request: ListAuditHeads, on connection: PostgresConnection) async throws -> ListAuditHeads.Answer {
        let found = try await connection.query(select, request.service, request.after, Int64(headsAtMost) + 1)
        let rows = try found.decode(Int64.self, String.self)
        let heads = rows.prefix(headsAtMost).map { VerifyAudit.Seal(number: $0.0, hash: $0.1) }
        return ListAuditHeads.Answer(heads: heads, isEnd: rows.count <= headsAtMost)
    }

    private static let insert = PostgresStatement(
        "audit-heads.insert",
        """
        insert into audit_head (source, number, hash)
        select source, number, hash from unnest($1::text[], $2::bigint[], $3::text[]) as h(source, number, hash) order by source, number
        on conflict do nothing
        """)

    private static let select = PostgresStatement(
        "audit-heads.select", "select number, hash from audit_head where source = $1 and number > $2 order by number limit $3")
}
