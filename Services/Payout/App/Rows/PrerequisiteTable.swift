import Foundation
import Kernel
import PayoutDomain
import Postgres

/// The prerequisites of disbursements, by order: the posting by ordering, and the state and amount of the redemption.
struct PrerequisiteTable: Sendable {
    var requested: Set<UUID> = []
    private var rows: [UUID: Opening] = [:]
    private var changed: Set<UUID> = []

    subscript(id: UUID) -> Opening {
        get { rows[id] ?? Opening(orderID: id) }
        set {
            rows[id] = newValue
            changed.insert(id)
        }
    }

    mutating func load(_ connection: PostgresConnection) async throws {
        guard !requested.isEmpty else { return }
        for row in try await connection.query(Self.lock, Array(requested)) {
            let id: UUID = try row.decode(column: "order_id")
            var opening = Opening(orderID: id)
            if let programme = try row.decode(column: "programme_id", as: String?.self) {
                opening.posted = Opening.OrderFacts(
                    programmeID: programme, programmeVersion: try row.decode(column: "programme_version"),
                    institutionID: try row.decode(column: "institution_id"), institutionName: try row.decode(column: "institution_name"))
            }
            opening.redemptionState = try row.decode(column: "redemption_state")
            opening.amountFen = try row.decode(column: "amount_fen", as: Int64?.self).map { Fen($0) }
            rows[id] = opening
        }
    }

    var writes: [PostgresStep] {
        changed.sorted { $0.uuidString < $1.uuidString }.map { id in
            let opening = self[id]
            return PostgresStep(
                Self.write,
                [
                    id, opening.posted?.programmeID, opening.posted?.programmeVersion, opening.posted?.institutionID,
                    opening.posted?.institutionName, opening.redemptionState, opening.amountFen?.rawValue,
                ])
        }
    }

    private static let lock = PostgresStatement(
        "prerequisite.lock", "select * from prerequisite where order_id = any($1::uuid[]) order by order_id for update")
    private static let write = PostgresStatement(
        "prerequisite.write",
        """
        insert into prerequisite values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (order_id) do update set programme_id = excluded.programme_id, programme_version = excluded.programme_version,
            institution_id = excluded.institution_id, institution_name = excluded.institution_name,
            redemption_state = excluded.redemption_state, amount_fen = excluded.amount_fen
        """)
}
