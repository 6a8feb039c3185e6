import Foundation
import PayoutDomain
import Postgres

/// The accounts that institutions are paid to.
struct PayeeTable: Sendable {
    var requested: Set<UUID> = []
    private var rows: [UUID: Payee] = [:]
    private var changed: [UUID: Date] = [:]

    subscript(institution: UUID) -> Payee? { rows[institution] }

    /// Adds or replaces a payee.
    mutating func put(_ payee: Payee, at now: Date) {
        rows[payee.institutionID] = payee
        changed[payee.institutionID] = now
    }

    mutating func load(_ connection: PostgresConnection) async throws {
        guard !requested.isEmpty else { return }
        for row in try await connection.query(Self.lock, Array(requested)) {
            let payee = Payee(
                institutionID: try row.decode(column: "institution_id"), accountName: try row.decode(column: "account_name"),
                bankCode: try row.decode(column: "bank_code"), maskedAccount: try row.decode(column: "masked_account"),
                encryptedAccount: try row.decode(column: "encrypted_account"),
                fingerprint: try row.decode(column: "fingerprint"))
            rows[payee.institutionID] = payee
        }
    }

    var writes: [PostgresStep] {
        changed.sorted { $0.key.uuidString < $1.key.uuidString }.compactMap { id, at in
            rows[id].map { payee in
                PostgresStep(
                    Self.write, [id, payee.accountName, payee.bankCode, payee.maskedAccount, payee.encryptedAccount, at, payee.fingerprint])
            }
        }
    }

    private static let lock = PostgresStatement(
        "payee.lock", "select * from payee where institution_id = any($1::uuid[]) order by institution_id for update")
    private static let write = PostgresStatement(
        "payee.write",
        """
        insert into payee values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (institution_id) do update set account_name = excluded.account_name, bank_code = excluded.bank_code,
            masked_account = excluded.masked_account, encrypted_account = excluded.encrypted_account, changed_at = excluded.changed_at,
            fingerprint = excluded.fingerprint
        """)
}
