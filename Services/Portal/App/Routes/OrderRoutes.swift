import Access
import Foundation
import Hummingbird
import Kernel
import Messages
import Messaging
import Postgres

/// Orders: placing one, and looking at those that concern whoever looks.
struct OrderRoutes: Sendable {
    let api: PortalAPI

    /// An enterprise sees its own, an institution those placed with it, an officer all.
    private static let visible = "($1::boolean or enterprise_id = $2::uuid or institution_id = $3::uuid)"
    private static let list = PostgresStatement(
        "portal.orders",
        """
        select seq, snapshot::text from purchase
        where \(visible) and ($4::text is null or state = $4) and seq > $5 order by seq limit $6
        """)
    private static let one = PostgresStatement(
        "portal.order-by-id",
        """
        select jsonb_set(snapshot, '{steps}', coalesce((
            select jsonb_agg(jsonb_build_object(
                'step', t.step, 'from', t.from_state, 'to', t.to_state, 'reason', t.reason,
                'at', to_char(t.taken_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) order by t.version)
            from purchase_step t where t.purchase_id = p.id), '[]'))::text
        from purchase p where \(visible) and id = $4
        """)

    private struct Placing: Decodable {
        let productID: UUID
        let voucherFen: Fen
        let contact: String
    }

    func add(to routes: APIRoutes) {
        routes.post("orders") { request, context in
            let call = try await Call.read(request, context, api)
            let placing = try call.decode(Placing.self)
            let enterprise = call.principal.organisation
            let command = PlaceOrder(
                enterpriseID: enterprise, productID: placing.productID, voucherFen: placing.voucherFen, contact: placing.contact,
                seen: try await api.seen(product: placing.productID, enterprise: enterprise))
            return try await api.promise(command, key: enterprise.lowercased, operation: "place-order", from: call, made: "orders")
        }
        routes.get("orders") { request, _ in
            let reader = try await Call.reader(request, api)
            let page = try Page(request)
            let parameters = Self.sight(of: reader) + [try request.filter("state"), page.after, Int64(page.limit) + 1]
            let rows = try await api.pool.withConnection { try await $0.query(Self.list, parameters).decode(Int64.self, String.self) }
            return Answer(page: rows.map { (seq: $0.0, json: $0.1) }, limit: page.limit)
        }
        routes.get("orders/{id}") { request, context in
            let id = try context.id()
            let parameters = Self.sight(of: try await Call.reader(request, api)) + [id]
            let found = try await api.soon(id) { try await $0.query(Self.one, parameters).decode(String.self).first }
            // What one may not see is not there.
            guard let found else { throw PlatformRule.unknownReference.refusal() }
            return Answer(json: found)
        }
    }

    private static func sight(of reader: Principal) -> [any PostgresEncodable] {
        let enterprise = reader.roles.contains("enterprise") ? reader.organisation : nil
        let institution = reader.roles.contains("institution") ? reader.organisation : nil
        return [reader.mayReadAll, enterprise, institution]
    }
}
