import Access
import Foundation
import Hummingbird
import Kernel
import Messaging
import Postgres

/// Redemptions, disbursements and payees: looking at those that concern whoever looks. An officer sees all, and everybody sees a redemption
/// in its public notice.
struct CaseRoutes: Sendable {
    let api: PortalAPI

    private static let visible = "($1::boolean or owners @> array[$2::uuid] or (kind = 'redemption' and state = 'in-notice'))"
    private static let list = PostgresStatement(
        "portal.cases",
        """
        select seq, snapshot::text from official_case
        where \(visible) and kind = $3 and ($4::text is null or state = $4) and seq > $5 order by seq limit $6
        """)
    private static let one = PostgresStatement(
        "portal.case-by-id",
        """
        select jsonb_set(snapshot, '{steps}', coalesce((
            select jsonb_agg(jsonb_build_object(
                'step', t.step, 'from', t.from_state, 'to', t.to_state, 'reason', t.reason,
                'at', to_char(t.taken_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) order by t.version)
            from case_step t where t.kind = c.kind and t.id = c.id), '[]'))::text
        from official_case c where \(visible) and kind = $3 and id = $4
        """)

    private static let folders: [(path: String, kind: PortalRows.CaseKind)] = [
        ("redemptions", .redemption), ("disbursements", .disbursement), ("payees", .payee),
    ]

    func add(to routes: APIRoutes) {
        for (path, kind) in Self.folders {
            routes.get(RouterPath(path)) { request, _ in
                let reader = try await Call.reader(request, api)
                let page = try Page(request)
                let parameters: [any PostgresEncodable] = [
                    reader.mayReadAll, reader.organisation, kind.rawValue, try request.filter("state"), page.after, Int64(page.limit) + 1,
                ]
                let rows = try await api.pool.withConnection { try await $0.query(Self.list, parameters).decode(Int64.self, String.self) }
                return Answer(page: rows.map { (seq: $0.0, json: $0.1) }, limit: page.limit)
            }
            routes.get(RouterPath("\(path)/{id}")) { request, context in
                let id = try context.id()
                let reader = try await Call.reader(request, api)
                let parameters: [any PostgresEncodable] = [reader.mayReadAll, reader.organisation, kind.rawValue, id]
                let found = try await api.soon(id) { try await $0.query(Self.one, parameters).decode(String.self).first }
                guard let found else { throw PlatformRule.unknownReference.refusal() }
                return Answer(json: found)
            }
        }
    }
}
