import Access
import Foundation
import Kernel
import Messages
import Messaging
import PayoutDomain
import Programme
import ProgrammeStore

/// Applies a decision to a disbursement or to all disbursements of a batch (BJ26-42, BJ26-47).
struct DecidePayoutHandler: AuthorisesSender {
    /// The result of approving a batch. Each disbursement is published in its own event.
    struct ApprovedBatch: Codable, Sendable, Hashable {
        let batchID: UUID
        let count: Int
        /// How many will be paid now; the others need another approval.
        let approved: Int
        let totalFen: Fen
    }

    let cipher: AccountCipher
    /// The payment channels of this installation.
    let channels: Set<String>

    func authorise(_ input: DecidePayout, as principal: Principal) throws(Refusal) {
        try ProgrammeRows.requirePermission(input.decision.rawValue, by: principal.roles)
    }

    func requestRows(for input: DecidePayout, in rows: inout PayoutRows) {
        switch input.subject {
        case .disbursement(let id): rows.disbursements.requested.insert(id)
        case .batch(let id): rows.disbursements.requestedBatches.insert(id)
        }
        if let reference = input.bankReference { rows.receipts.requested.insert(BankReference.key(of: reference)) }
    }

    func handle(_ input: DecidePayout, context: HandlingContext, rows: inout PayoutRows, output: inout HandlerOutput) throws {
        let caller = try sender(of: input, context, in: rows)
        let subjects = try subjects(input, in: rows)
        guard let programmeID = subjects.first?.programmeID else { return }
        let actor = Actor(try rows.access.effectivePrincipal(caller, in: programmeID))
        let changes = try subjects.map { try change($0, input, by: actor, in: rows) }
        for change in changes {
            if let instruction = change.instruction { rows.instructions.put(instruction) }
            try rows.emit(change.after, before: change.before, step: change.step.id, reason: input.reason, at: context.now, &output)
            if input.decision == .receive { try recordReceipt(change, input, at: context.now, rows: &rows, output: &output) }
        }
        try answer(input, changes, in: rows, &output)
        guard let first = changes.first else { return }
        try output.audit(
            PayoutAudit(
                programme: first.after.programmeID, version: first.after.programmeVersion, disbursements: changes.map(\.after.id),
                step: first.step.id, clauses: first.step.citation.clauses, person: actor.person))
        try rows.recordAction(actor, giving: first.step.command, on: [first.before], &output)
    }

    /// The answer for a batch holds only counts, because 1000 disbursements exceed the size of an answer.
    private func answer(_ input: DecidePayout, _ changes: [Change], in rows: PayoutRows, _ output: inout HandlerOutput) throws {
        guard case .batch(let id) = input.subject else {
            return try output.answer(changes.map { DisbursementSnapshot($0.after, last: rows.instructions.of($0.after.id).last) })
        }
        try output.answer(
            ApprovedBatch(
                batchID: id, count: changes.count, approved: changes.count { $0.instruction != nil },
                totalFen: try Fen.sum(changes.map(\.after.amountFen))))
    }

    private struct Change {
        let before: Disbursement
        let after: Disbursement
        let step: Step
        let instruction: Instruction?
    }

    private func subjects(_ input: DecidePayout, in rows: PayoutRows) throws -> [Disbursement] {
        switch input.subject {
        case .disbursement(let id): return [try rows.disbursement(id)]
        case .batch(let id):
            guard input.decision == .approve else {
                throw PlatformRule.malformedMessage.refusal(
                    LocalisedText(zh: "只有批准可以按批次办理。", en: "Only approval is done by batch."))
            }
            let all = rows.disbursements.loaded.filter { $0.batchID == id }
            guard !all.isEmpty else {
                throw PlatformRule.unknownReference.refusal(LocalisedText(zh: "没有该批次。", en: "There is no such batch."))
                    .comparing("batch", id.uuidString.lowercased(), .code)
            }
            return all
        }
    }

    private func change(_ before: Disbursement, _ input: DecidePayout, by actor: Actor, in rows: PayoutRows) throws -> Change {
        let programme = try rows.programme(of: before)
        let names = rows.names[before.institutionID]
        var after = before
        switch input.decision {
        case .approve:
            try requireChannel(of: programme)
            let (step, instruction) = try after.approve(names: names, by: actor, in: programme)
            return Change(before: before, after: after, step: step, instruction: instruction)
        case .retry:
            try requireChannel(of: programme)
            let payee = try rows.payees[before.institutionID].map { try cipher.rebinding($0, to: before.id) }
            let (step, instruction) = try after.retry(
                after: rows.instructions.of(before.id).last, payee: payee, names: names, reason: input.reason, by: actor, in: programme)
            return Change(before: before, after: after, step: step, instruction: instruction)
        case .unbatch:
            let step = try after.unbatch(reason: input.reason, by: actor, in: programme)
            return Change(before: before, after: after, step: step, instruction: nil)
        case .reportRefund, .demand:
            let step = try after.oweReturn(
                input.decision.rawValue, amountFen: input.amountFen, reason: input.reason, by: actor, in: programme)
            return Change(before: before, after: after, step: step, instruction: nil)
        case .receive:
            let isKnown = input.bankReference.map { rows.receipts.isKnown(BankReference.key(of: $0)) } ?? false
            let step = try after.receive(
                amountFen: input.amountFen, bankReference: input.bankReference, isReferenceKnown: isKnown, by: actor, in: programme)
            return Change(before: before, after: after, step: step, instruction: nil)
        }
    }

    /// Records returned funds, and has ordering apply the step's ledger effects.
    private func recordReceipt(_ change: Change, _ input: DecidePayout, at now: Date, rows: inout PayoutRows, output: inout HandlerOutput)
        throws
    {
        guard let amount = input.amountFen, let reference = input.bankReference else { return }
        rows.receipts.put(BankReference.key(of: reference), disbursementID: change.after.id, amountFen: amount, at: now)
        guard !change.step.ledger.isEmpty else { return }
        let step = StepReference(Disbursement.procedure, change.step.id)
        try output.send(
            SettleOrder(orderID: change.after.orderID, step: step.description, amountFen: amount),
            key: change.after.orderID.uuidString.lowercased())
    }

    private func requireChannel(of programme: Programme) throws(Refusal) {
        guard channels.contains(programme.payout.channel) else {
            throw programme.payout.citation.clauses.reduce(
                PlatformRule.malformedConfiguration.refusal(
                    LocalisedText(zh: "本系统没有该项目的付款渠道。", en: "This installation has no such channel."))
            ) { $0.under($1) }.comparing("channel", programme.payout.channel, .code)
        }
    }
}
