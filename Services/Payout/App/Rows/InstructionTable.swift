import Foundation
import Kernel
import PayoutDomain
import Postgres

/// The attempts of the loaded disbursements. They need no lock of their own, because their disbursements are locked.
struct InstructionTable: Sendable {
    private var rows: [UUID: Instruction] = [:]
    private var changed: [UUID] = []

    /// The attempts of a disbursement, in order.
    func of(_ disbursement: UUID) -> [Instruction] {
        rows.values.filter { $0.disbursementID == disbursement }.sorted { $0.attempt < $1.attempt }
    }

    subscript(id: UUID) -> Instruction? { rows[id] }

    /// Adds or replaces an attempt.
    mutating func put(_ instruction: Instruction) {
        rows[instruction.id] = instruction
        if !changed.contains(instruction.id) { changed.append(instruction.id) }
    }

    mutating func load(of disbursements: [UUID], _ connection: PostgresConnection) async throws {
        guard !disbursements.isEmpty else { return }
        for row in try await connection.query(Self.read, disbursements) {
            let instruction = try Self.instruction(row)
            rows[instruction.id] = instruction
        }
    }

    private static func instruction(_ row: PostgresRow) throws -> Instruction {
        let payee = Payee(
            institutionID: try row.decode(column: "institution_id"), accountName: try row.decode(column: "account_name"),
            bankCode: try row.decode(column: "bank_code"), maskedAccount: try row.decode(column: "masked_account"),
            encryptedAccount: try row.decode(column: "encrypted_account"),
            fingerprint: "")
        return Instruction(
            id: try row.decode(column: "id"), disbursementID: try row.decode(column: "disbursement_id"),
            attempt: try row.decode(column: "attempt"), amountFen: Fen(try row.decode(column: "amount_fen")), payee: payee,
            state: try Instruction.State(column: try row.decode(column: "state")), bankReference: try row.decode(column: "bank_reference"),
            reason: try row.decode(column: "reason"), sentAt: try row.decode(column: "sent_at"),
            isUnheardOf: try row.decode(column: "is_unknown_to_bank"))
    }

    var writes: [PostgresStep] {
        changed.compactMap { rows[$0] }.map { row in
            PostgresStep(
                Self.write,
                [
                    row.id, row.disbursementID, row.attempt, row.amountFen.rawValue, row.payee.institutionID, row.payee.accountName,
                    row.payee.bankCode, row.payee.maskedAccount, row.payee.encryptedAccount, row.state.rawValue, row.bankReference,
                    row.reason,
                    row.sentAt, row.isUnheardOf,
                ])
        }
    }

    private static let read = PostgresStatement(
        "instruction.read", "select * from instruction where disbursement_id = any($1::uuid[])")

    /// An attempt's amount and payee never change. `final_at` is the database's time, because it is compared with the time of a statement.
    private static let write = PostgresStatement(
        "instruction.write",
        """
        insert into instruction (id, disbursement_id, attempt, amount_fen, institution_id, account_name, bank_code, masked_account,
            encrypted_account, state, bank_reference, reason, sent_at, is_unknown_to_bank)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        on conflict (id) do update set state = excluded.state, bank_reference = excluded.bank_reference, reason = excluded.reason,
            sent_at = excluded.sent_at, is_unknown_to_bank = excluded.is_unknown_to_bank,
            final_at = case when excluded.state in ('booked', 'rejected') then coalesce(instruction.final_at, clock_timestamp()) end
        """)
}

extension Instruction.State {
    /// Decodes a column. Throws for a state that a newer version of this program has written.
    init(column text: String) throws {
        guard let state = Self(rawValue: text) else { throw PostgresError(.decoding, "unknown state of an instruction") }
        self = state
    }
}
