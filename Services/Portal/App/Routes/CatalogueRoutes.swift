import Foundation
import Hummingbird
import Kernel
import Postgres
import StrictJSON

/// The institutions and their products; no token is needed.
struct CatalogueRoutes: Sendable {
    let api: PortalAPI

    private static let institutions = PostgresStatement(
        "portal.institutions",
        """
        select seq, snapshot::text from institution where ($1::text is null or programme_id = $1) and seq > $2 order by seq limit $3
        """)
    private static let institution = PostgresStatement(
        "portal.institution-by-id", "select snapshot::text from institution where id = $1 order by seq")
    private static let products = PostgresStatement(
        "portal.products",
        """
        select seq, snapshot::text from product
        where ($1::text is null or programme_id = $1) and ($2::text is null or category = $2)
          and ($3::text is null or strpos(lower(name), lower($3)) > 0) and ($4::uuid is null or institution_id = $4)
          and ($5::text is null or state = $5) and seq > $6
        order by seq limit $7
        """)
    private static let product = PostgresStatement("portal.product-by-id", "select snapshot::text from product where id = $1")

    func add(to routes: APIRoutes) {
        routes.get("institutions") { request, _ in
            let page = try Page(request)
            let programme = try request.filter("programme")
            return try await list(.institution, Self.institutions, [programme, page.after, Int64(page.limit) + 1], page)
        }
        routes.get("institutions/{id}") { _, context in
            let id = try context.id()
            let found = try await api.pool.withConnection { try await $0.query(Self.institution, id).decode(String.self) }
            guard !found.isEmpty else { throw PlatformRule.unknownReference.refusal() }
            let visible = found.compactMap { api.visibleJSON(.institution, $0) }
            return APIResponse(json: #"{"id":"\#(id.lowercased)","admissions":[\#(visible.joined(separator: ","))]}"#)
        }
        routes.get("products") { request, _ in
            let page = try Page(request)
            return try await list(
                .product, Self.products,
                [
                    try request.filter("programme"), try request.filter("category"), try request.filter("name"),
                    try request.filterID("institution"), try request.filter("state"), page.after,
                    Int64(page.limit) + 1,
                ], page)
        }
        routes.get("products/{id}") { _, context in
            let id = try context.id()
            let found = try await api.readAfterPendingEvents(id) { try await $0.query(Self.product, id).decode(String.self).first }
            guard let visible = found.flatMap({ api.visibleJSON(.product, $0) }) else { throw PlatformRule.unknownReference.refusal() }
            return APIResponse(json: visible)
        }
    }

    private func list(
        _ kind: ReadTable.Kind, _ statement: PostgresStatement, _ parameters: [any PostgresEncodable], _ page: Page
    ) async throws -> APIResponse {
        let rows = try await api.pool.withConnection { try await $0.query(statement, parameters).decode(Int64.self, String.self) }
        return APIResponse(page: rows.map { (seq: $0.0, json: api.visibleJSON(kind, $0.1) ?? "{}") }, limit: page.limit)
    }
}
