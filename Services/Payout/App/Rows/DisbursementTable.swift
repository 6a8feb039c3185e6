import Foundation
import Kernel
import PayoutDomain
import Postgres

/// Disbursements, requested by id, by order, by batch, or as the unbatched ones of a programme.
struct DisbursementTable: Sendable {
    var requested: Set<UUID> = []
    var requestedOrders: Set<UUID> = []
    var requestedBatches: Set<UUID> = []
    /// Programmes whose oldest unbatched disbursements are requested.
    var requestedProgrammes: Set<String> = []
    private var rows: [UUID: Disbursement] = [:]
    private var changed: Set<UUID> = []

    /// All loaded and new disbursements, ordered by id.
    var loaded: [Disbursement] { rows.values.sorted { $0.id.uuidString < $1.id.uuidString } }

    subscript(id: UUID) -> Disbursement? { rows[id] }

    /// Adds or replaces a disbursement.
    mutating func put(_ disbursement: Disbursement) {
        rows[disbursement.id] = disbursement
        changed.insert(disbursement.id)
    }

    mutating func load(_ connection: PostgresConnection) async throws {
        guard !requested.isEmpty || !requestedOrders.isEmpty || !requestedBatches.isEmpty || !requestedProgrammes.isEmpty else { return }
        let found = try await connection.query(
            Self.lock, Array(requested), Array(requestedOrders), Array(requestedBatches), Array(requestedProgrammes),
            Disbursement.batchAtMost)
        for row in found {
            let disbursement = try Self.disbursement(row)
            rows[disbursement.id] = disbursement
        }
    }

    private static func disbursement(_ row: PostgresRow) throws -> Disbursement {
        Disbursement(
            id: try row.decode(column: "id"), orderID: try row.decode(column: "order_id"),
            programmeID: try row.decode(column: "programme_id"), programmeVersion: try row.decode(column: "programme_version"),
            institutionID: try row.decode(column: "institution_id"), institutionName: try row.decode(column: "institution_name"),
            amountFen: Fen(try row.decode(column: "amount_fen")), state: try row.decode(column: "state"),
            batchID: try row.decode(column: "batch_id"), takenBy: try row.decode(column: "taken_by", as: PostgresJSON.self).decode(),
            attempt: try row.decode(column: "attempt"), bankReference: try row.decode(column: "bank_reference"),
            owedFen: Fen(try row.decode(column: "owed_fen")), returnedFen: Fen(try row.decode(column: "returned_fen")),
            alarm: try row.decode(column: "alarm"), changedAt: try row.decode(column: "changed_at"),
            payee: try payee(row), payeeProposedBy: try row.decode(column: "payee_proposed_by"),
            refundsFen: try row.decode(column: "refunds_fen", as: [Int64].self).map { Fen($0) })
    }

    private static func payee(_ row: PostgresRow) throws -> Payee? {
        guard let name = try row.decode(column: "account_name", as: String?.self) else { return nil }
        return Payee(
            institutionID: try row.decode(column: "institution_id"), accountName: name, bankCode: try row.decode(column: "bank_code"),
            maskedAccount: try row.decode(column: "masked_account"), encryptedAccount: try row.decode(column: "encrypted_account"),
            fingerprint: try row.decode(column: "account_fingerprint"))
    }

    func writes() throws -> [PostgresStep] {
        try changed.sorted { $0.uuidString < $1.uuidString }.compactMap { rows[$0] }.map { row in
            PostgresStep(
                Self.write,
                [
                    row.id, row.orderID, row.programmeID, row.programmeVersion, row.institutionID, row.institutionName,
                    row.amountFen.rawValue, row.state, row.batchID, try PostgresJSON(encoding: row.takenBy), row.attempt, row.bankReference,
                    row.owedFen.rawValue, row.returnedFen.rawValue, row.alarm, row.changedAt,
                    row.payee?.accountName, row.payee?.bankCode, row.payee?.maskedAccount, row.payee?.encryptedAccount,
                    row.payee?.fingerprint, row.payeeProposedBy, row.refundsFen.map(\.rawValue),
                ])
        }
    }

    /// Of a programme, the oldest disbursements without a batch; `batch_id` is set by batching and cleared by unbatching.
    private static let lock = PostgresStatement(
        "disbursement.lock",
        """
        select * from disbursement
        where id = any($1::uuid[]) or order_id = any($2::uuid[]) or batch_id = any($3::uuid[])
            or id in (
                select id from disbursement where programme_id = any($4::text[]) and batch_id is null order by changed_at, id limit $5
            )
        order by id for update
        """)

    /// Order, programme, institution and amount never change.
    private static let write = PostgresStatement(
        "disbursement.write",
        """
        insert into disbursement values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)
        on conflict (id) do update set state = excluded.state, batch_id = excluded.batch_id, taken_by = excluded.taken_by,
            attempt = excluded.attempt, bank_reference = excluded.bank_reference, owed_fen = excluded.owed_fen,
            returned_fen = excluded.returned_fen, alarm = excluded.alarm, changed_at = excluded.changed_at,
            account_name = excluded.account_name, bank_code = excluded.bank_code, masked_account = excluded.masked_account,
            encrypted_account = excluded.encrypted_account, account_fingerprint = excluded.account_fingerprint,
            payee_proposed_by = excluded.payee_proposed_by, refunds_fen = excluded.refunds_fen
        """)
}
