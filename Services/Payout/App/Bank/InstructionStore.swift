import Foundation
import Kernel
import Messages
import Messaging
import PayoutDomain
import Postgres
import Programme

/// Persists the exchanges with the bank: state, audit and events, in a transaction before and one after an exchange, and none during it.
struct InstructionStore: Sendable {
    /// A claimed instruction and its next action.
    struct ClaimedInstruction: Sendable {
        let instruction: Instruction
        let action: Instruction.Act
        let remittance: String
    }

    let publisher: OutboxPublisher
    let options: BankOptions
    let clock: any InstantSource

    /// Claims due instructions. On return the claims are committed: an instruction that will be posted is `sending`, even if the process
    /// crashes before it is sent.
    func claim() async throws -> [ClaimedInstruction] {
        let now = clock.now()
        return try await publisher.transaction("payout.claim", at: now) { connection, output in
            let due = try await connection.query(Self.due, options.claimLimit).decode(UUID.self)
            guard !due.isEmpty else { return [] }
            var rows = PayoutRows()
            rows.disbursements.requested = Set(due)
            try await rows.load(connection)
            var claims: [ClaimedInstruction] = []
            for disbursement in rows.disbursements.loaded {
                guard let last = rows.instructions.of(disbursement.id).last,
                    let claimed = try claim(last, of: disbursement, at: now, rows: &rows, output: &output)
                else { continue }
                claims.append(claimed)
            }
            try rows.save(connection)
            try await connection.execute(Self.lease, claims.map(\.instruction.id), Self.milliseconds(options.lease))
            try await audit(claims.filter { $0.action == .post }.map { entry($0, at: now) }, on: connection)
            return claims
        }
    }

    private func claim(
        _ last: Instruction, of disbursement: Disbursement, at now: Date, rows: inout PayoutRows, output: inout HandlerOutput
    ) throws -> ClaimedInstruction? {
        var instruction = last
        guard let action = instruction.claim(at: now) else { return nil }
        if action == .post {
            rows.instructions.put(instruction)
            var sent = disbursement
            let step = last.state == .toSend ? try sent.send(in: try rows.programme(of: disbursement)).id : "attempt"
            try rows.emit(sent, before: disbursement, step: step, at: now, &output)
        }
        return ClaimedInstruction(
            instruction: instruction, action: action, remittance: "服务券兑付 \(disbursement.orderID.uuidString.lowercased())")
    }

    /// Applies answers in order. `alsoRun` runs in the same transaction after them; if it throws, everything is rolled back.
    func apply(
        _ answers: [(instruction: UUID, answer: BankAnswer)],
        alsoRun: @escaping @Sendable (PostgresConnection) async throws -> Void = { _ in }
    ) async throws {
        let now = clock.now()
        try await publisher.transaction("payout.apply-answers", at: now) { connection, output in
            let ids = Array(Set(answers.map(\.instruction)))
            var rows = PayoutRows()
            rows.disbursements.requested = Set(try await connection.query(Self.owners, ids).decode(UUID.self))
            try await rows.load(connection)
            var entries: [AuditEntry] = []
            for (id, answer) in answers {
                if let entry = try apply(answer, of: id, at: now, rows: &rows, output: &output) { entries.append(entry) }
            }
            try rows.save(connection)
            try await connection.execute(
                Self.pause, ids, Self.milliseconds(options.firstQueryPause), Self.milliseconds(options.maximumQueryPause))
            try await audit(entries, on: connection)
            try await alsoRun(connection)
        }
    }

    private func apply(
        _ answer: BankAnswer, of id: UUID, at now: Date, rows: inout PayoutRows, output: inout HandlerOutput
    ) throws -> AuditEntry? {
        // Not our instruction: reconciliation with the statement shows whether anything was paid.
        guard var instruction = rows.instructions[id], let before = rows.disbursements[instruction.disbursementID] else { return nil }
        let update = instruction.apply(answer, patience: options.patience, at: now)
        rows.instructions.put(instruction)
        var after = before
        guard let step = try after.apply(update, of: instruction, in: try rows.programme(of: before)) else { return nil }
        try rows.emit(after, before: before, step: step, reason: after.alarm ?? instruction.reason, at: now, &output)
        return AuditEntry(
            id: id, key: before.id, type: "payout.bank-answer",
            detail: try PostgresJSON(encoding: ["step": step, "state": instruction.state.rawValue, "alarm": after.alarm ?? ""]), at: now)
    }

    // MARK: The audit trail

    private struct AuditEntry: Sendable {
        let id: UUID
        let key: UUID
        let type: String
        let detail: PostgresJSON?
        let at: Date
    }

    private func entry(_ claimed: ClaimedInstruction, at now: Date) -> AuditEntry {
        AuditEntry(
            id: claimed.instruction.id, key: claimed.instruction.disbursementID, type: "payout.bank-instruction",
            detail: try? PostgresJSON(encoding: ["attempt": "\(claimed.instruction.attempt)"]), at: now)
    }

    private func audit(_ entries: [AuditEntry], on connection: PostgresConnection) async throws {
        let steps = entries.map { entry in
            PostgresStep(Self.writeAudit, [entry.id, entry.type, entry.key.uuidString.lowercased(), entry.detail, entry.at])
        }
        _ = try await connection.pipeline(steps)
    }

    private static func milliseconds(_ duration: Duration) -> Int64 {
        duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
    }

    /// Disbursements whose last attempt is due for its next action. Their rows are locked; rows locked by other instances are skipped.
    private static let due = PostgresStatement(
        "payout.due",
        """
        select d.id from disbursement d join instruction i on i.disbursement_id = d.id
        where i.state not in ('booked', 'rejected') and i.next_action_at <= clock_timestamp() and d.alarm is null
        order by i.next_action_at limit $1 for update of d skip locked
        """)
    private static let lease = PostgresStatement(
        "payout.lease",
        "update instruction set next_action_at = clock_timestamp() + $2::bigint * interval '1 millisecond' where id = any($1::uuid[])")
    private static let owners = PostgresStatement(
        "payout.owners", "select distinct disbursement_id from instruction where id = any($1::uuid[])")
    private static let pause = PostgresStatement(
        "payout.pause",
        """
        update instruction set exchange_count = exchange_count + 1,
            next_action_at = clock_timestamp() + least($3::bigint, $2::bigint * (1 << least(exchange_count, 20))) * interval '1 millisecond'
        where id = any($1::uuid[])
        """)
    private static let writeAudit = PostgresStatement(
        "payout.audit",
        """
        insert into audit (message_id, type, key, source, outcome, detail, decided_at) values ($1, $2, $3, 'payout', 'done', $4, $5)
        """)
}
