import Foundation
import Messages
import Postgres
import StrictJSON

/// The SQL that writes the read models, sorted by key.
enum PortalStatements {
    /// The statements that write the changed rows.
    static func steps(of rows: PortalRows) throws -> [PostgresStep] {
        var steps: [PostgresStep] = []
        let enterprises = rows.enterprises.sorted { $0.key < $1.key }
        if !enterprises.isEmpty {
            steps.append(
                try snapshots(enterprise, enterprises.map(\.key), enterprises.map(\.value.state), enterprises.map(\.value)))
        }
        let institutions = rows.institutions.sorted { $0.key < $1.key }
        if !institutions.isEmpty {
            steps.append(
                try snapshots(institution, institutions.map(\.key), institutions.map(\.value.state), institutions.map(\.value)))
        }
        if !rows.products.isEmpty { steps.append(try products(rows)) }
        if !rows.orders.isEmpty { steps.append(try orders(rows)) }
        if !rows.steps.isEmpty { steps.append(takenSteps(rows.steps)) }
        if let clock = rows.clock { steps.append(PostgresStep(self.clock, [clock])) }
        return steps
    }

    private static func snapshots<Snapshot: Encodable & Sendable>(
        _ statement: PostgresStatement, _ keys: [PortalRows.ProgrammeScopedID], _ states: [String], _ snapshots: [Snapshot]
    ) throws -> PostgresStep {
        var texts: [PostgresJSON] = []
        for snapshot in snapshots { texts.append(try json(snapshot)) }
        return PostgresStep(statement, [keys.map(\.id), keys.map(\.programmeID), states, texts])
    }

    private static func products(_ rows: PortalRows) throws -> PostgresStep {
        let all = rows.products.values.sorted { $0.productID.uuidString < $1.productID.uuidString }
        return PostgresStep(
            product,
            [
                all.map(\.productID), all.map(\.programmeID), all.map(\.institutionID), all.map(\.category), all.map(\.name),
                all.map(\.state), try all.map(json),
            ])
    }

    private static func orders(_ rows: PortalRows) throws -> PostgresStep {
        let all = rows.orders.values.sorted { $0.orderID.uuidString < $1.orderID.uuidString }
        return PostgresStep(
            order,
            [
                all.map(\.orderID), all.map(\.programmeID), all.map(\.enterpriseID), all.map(\.institutionID), all.map(\.state),
                try all.map(json),
            ])
    }

    private static func takenSteps(_ steps: [PortalRows.TakenStep]) -> PostgresStep {
        PostgresStep(
            step,
            [
                steps.map(\.orderID), steps.map(\.version), steps.map(\.event.step), steps.map(\.event.from),
                steps.map(\.event.order.state), steps.map(\.event.reason), steps.map(\.event.at),
            ])
    }

    private static func json(_ value: some Encodable) throws -> PostgresJSON { PostgresJSON(bytes: try StrictJSON.encode(value)) }

    private static let enterprise = PostgresStatement(
        "portal.enterprise",
        """
        insert into enterprise (id, programme_id, state, snapshot) select * from unnest($1::uuid[], $2::text[], $3::text[], $4::jsonb[])
        on conflict (id, programme_id) do update set state = excluded.state, snapshot = excluded.snapshot
        """)
    private static let institution = PostgresStatement(
        "portal.institution",
        """
        insert into institution (id, programme_id, state, snapshot) select * from unnest($1::uuid[], $2::text[], $3::text[], $4::jsonb[])
        on conflict (id, programme_id) do update set state = excluded.state, snapshot = excluded.snapshot
        """)
    private static let product = PostgresStatement(
        "portal.product",
        """
        insert into product (id, programme_id, institution_id, category, name, state, snapshot)
        select * from unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::jsonb[])
        on conflict (id) do update
        set category = excluded.category, name = excluded.name, state = excluded.state, snapshot = excluded.snapshot
        """)
    private static let order = PostgresStatement(
        "portal.order",
        """
        insert into order_record (id, programme_id, enterprise_id, institution_id, state, snapshot)
        select * from unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::text[], $6::jsonb[])
        on conflict (id) do update set state = excluded.state, snapshot = excluded.snapshot
        """)
    private static let step = PostgresStatement(
        "portal.step",
        """
        insert into order_step (order_id, version, step, from_state, to_state, reason, taken_at)
        select * from unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[])
        on conflict do nothing
        """)
    private static let clock = PostgresStatement(
        "portal.clock",
        "insert into rehearsal_clock (instant) values ($1) on conflict (is_only) do update set instant = excluded.instant")
}

extension PortalRows.ProgrammeScopedID: Comparable {
    static func < (a: Self, b: Self) -> Bool { (a.id.uuidString, a.programmeID) < (b.id.uuidString, b.programmeID) }
}
