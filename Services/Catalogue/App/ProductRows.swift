import CatalogueDomain
import Foundation
import Kernel
import Postgres

/// The products that a batch works on.
struct ProductRows: Sendable {
    private var requested: Set<UUID> = []
    private var known: [UUID: Product] = [:]
    private var changed: Set<UUID> = []

    mutating func request(_ id: UUID) { requested.insert(id) }

    subscript(id: UUID) -> Product? { known[id] }

    mutating func set(_ product: Product) {
        known[product.id] = product
        changed.insert(product.id)
    }

    mutating func load(_ connection: PostgresConnection) async throws {
        guard !requested.isEmpty else { return }
        let rows = try await connection.query(Self.lock, requested.sorted { $0.uuidString < $1.uuidString })
        for (id, programme, version, institution, name, category, service, low, high, stock, state) in try rows.decode(
            UUID.self, String.self, Int32.self, UUID.self, String.self, String.self, String?.self, Int64.self, Int64.self, Int64.self,
            String.self)
        {
            known[id] = Product(
                id: id, institution: Institution.ID(programmeID: programme, institutionID: institution), programmeVersion: Int(version),
                name: name, category: category, service: service, guideLowFen: Fen(low), guideHighFen: Fen(high), stockVouchers: stock,
                state: state)
        }
    }

    func writes() -> [PostgresStep] {
        let all = changed.sorted { $0.uuidString < $1.uuidString }.compactMap { known[$0] }
        guard !all.isEmpty else { return [] }
        return [
            PostgresStep(
                Self.write,
                [
                    all.map(\.id), all.map(\.institution.programmeID), all.map { Int32(clamping: $0.programmeVersion) },
                    all.map(\.institution.institutionID), all.map(\.name), all.map(\.category), all.map(\.service),
                    all.map(\.guideLowFen.rawValue), all.map(\.guideHighFen.rawValue), all.map(\.stockVouchers), all.map(\.state),
                ])
        ]
    }

    private static let lock = PostgresStatement(
        "product.lock",
        """
        select id, programme_id, programme_version, institution_id, name, category, service, guide_low_fen, guide_high_fen,
               stock_vouchers, state
        from product where id = any($1::uuid[]) order by id for update
        """)
    private static let write = PostgresStatement(
        "product.write",
        """
        insert into product (id, programme_id, programme_version, institution_id, name, category, service, guide_low_fen, guide_high_fen,
                             stock_vouchers, state)
        select * from unnest($1::uuid[], $2::text[], $3::integer[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::bigint[],
                             $9::bigint[], $10::bigint[], $11::text[])
        on conflict (id) do update set
            stock_vouchers = excluded.stock_vouchers, state = excluded.state, changed_at = clock_timestamp()
        """)
}
