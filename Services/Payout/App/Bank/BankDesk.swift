import Foundation
import Kernel
import Messages
import Messaging
import PayoutDomain
import Postgres
import Programme

/// Where what is done at the bank is written down: state, audit and events in one transaction, before and after, and never during an exchange.
struct BankDesk: Sendable {
    /// An instruction that was claimed, and what is to be done about it.
    struct Errand: Sendable {
        let instruction: Instruction
        let act: Instruction.Act
        let remittance: String
    }

    let speaker: Speaker
    let options: BankOptions
    let clock: any InstantSource

    /// Claims instructions whose time has come. When this returns, what is intended is committed: an instruction that is to be posted is
    /// `sending`, whatever becomes of this process.
    func claim() async throws -> [Errand] {
        let now = clock.now()
        return try await speaker.transaction("payout.claim", at: now) { connection, say in
            let due = try await connection.query(Self.due, options.claimAtMost).decode(UUID.self)
            guard !due.isEmpty else { return [] }
            var rows = PayoutRows()
            rows.disbursements.wanted = Set(due)
            try await rows.load(connection)
            var errands: [Errand] = []
            for disbursement in rows.disbursements.loaded {
                guard let last = rows.instructions.of(disbursement.id).last,
                    let errand = try claim(last, of: disbursement, at: now, rows: &rows, say: &say)
                else { continue }
                errands.append(errand)
            }
            try rows.save(connection)
            try await connection.execute(Self.lease, errands.map(\.instruction.id), Self.milliseconds(options.lease))
            try await audit(errands.filter { $0.act == .post }.map { entry($0, at: now) }, on: connection)
            return errands
        }
    }

    private func claim(
        _ last: Instruction, of disbursement: Disbursement, at now: Date, rows: inout PayoutRows, say: inout Said
    ) throws -> Errand? {
        var instruction = last
        guard let act = instruction.claim(at: now) else { return nil }
        if act == .post {
            rows.instructions.put(instruction)
            var sent = disbursement
            let step = last.state == .toSend ? try sent.send(in: try rows.programme(of: disbursement)).id : "attempt"
            try rows.keep(sent, before: disbursement, step: step, at: now, &say)
        }
        return Errand(instruction: instruction, act: act, remittance: "服务券兑付 \(disbursement.orderID.uuidString.lowercased())")
    }

    /// Takes in answers, in order. `also` runs in the same transaction, after they are taken in, and may throw to undo it all.
    func hear(
        _ answers: [(instruction: UUID, answer: BankAnswer)], also: @escaping @Sendable (PostgresConnection) async throws -> Void = { _ in }
    ) async throws {
        let now = clock.now()
        try await speaker.transaction("payout.hear", at: now) { connection, say in
            let ids = Array(Set(answers.map(\.instruction)))
            var rows = PayoutRows()
            rows.disbursements.wanted = Set(try await connection.query(Self.owners, ids).decode(UUID.self))
            try await rows.load(connection)
            var entries: [AuditEntry] = []
            for (id, answer) in answers {
                if let entry = try hear(answer, of: id, at: now, rows: &rows, say: &say) { entries.append(entry) }
            }
            try rows.save(connection)
            try await connection.execute(
                Self.pause, ids, Self.milliseconds(options.firstPause), Self.milliseconds(options.longestPause))
            try await audit(entries, on: connection)
            try await also(connection)
        }
    }

    private func hear(
        _ answer: BankAnswer, of id: UUID, at now: Date, rows: inout PayoutRows, say: inout Said
    ) throws -> AuditEntry? {
        // An answer about what is none of ours: the statement will show whether anything was paid.
        guard var instruction = rows.instructions[id], let before = rows.disbursements[instruction.disbursementID] else { return nil }
        let hearing = instruction.hear(answer, patience: options.patience, at: now)
        rows.instructions.put(instruction)
        var after = before
        guard let step = try after.hear(hearing, of: instruction, in: try rows.programme(of: before)) else { return nil }
        try rows.keep(after, before: before, step: step, reason: after.alarm ?? instruction.reason, at: now, &say)
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

    private func entry(_ errand: Errand, at now: Date) -> AuditEntry {
        AuditEntry(
            id: errand.instruction.id, key: errand.instruction.disbursementID, type: "payout.bank-instruction",
            detail: try? PostgresJSON(encoding: ["attempt": "\(errand.instruction.attempt)"]), at: now)
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

    /// Disbursements whose last attempt is due for its next act. Their rows are locked, those of others passed over.
    private static let due = PostgresStatement(
        "payout.due",
        """
        select d.id from disbursement d join instruction i on i.disbursement_id = d.id
        where i.state not in ('booked', 'rejected') and i.next_act_at <= clock_timestamp() and d.alarm is null
        order by i.next_act_at limit $1 for update of d skip locked
        """)
    private static let lease = PostgresStatement(
        "payout.lease",
        "update instruction set next_act_at = clock_timestamp() + $2::bigint * interval '1 millisecond' where id = any($1::uuid[])")
    private static let owners = PostgresStatement(
        "payout.owners", "select distinct disbursement_id from instruction where id = any($1::uuid[])")
    private static let pause = PostgresStatement(
        "payout.pause",
        """
        update instruction set asked = asked + 1,
            next_act_at = clock_timestamp() + least($3::bigint, $2::bigint * (1 << least(asked, 20))) * interval '1 millisecond'
        where id = any($1::uuid[])
        """)
    private static let writeAudit = PostgresStatement(
        "payout.audit",
        """
        insert into audit (message_id, type, key, source, outcome, detail, decided_at) values ($1, $2, $3, 'payout', 'done', $4, $5)
        """)
}
