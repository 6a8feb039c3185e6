import Access
import Foundation
import Kernel
import Messages
import Messaging
import PayoutDomain
import Programme
import ProgrammeStore

/// Takes a disbursement, or all of a batch, a step on (BJ26-42, BJ26-47).
struct DecidePayoutHandler: JudgesSender {
    /// What is answered where a batch is approved; each disbursement is told by its own event.
    struct ApprovedBatch: Codable, Sendable, Hashable {
        let batchID: UUID
        let count: Int
        /// How many of them are to be paid now; the others wait for one more person.
        let approved: Int
        let totalFen: Fen
    }

    let vault: Vault
    /// The channels that this installation has.
    let channels: Set<String>

    func mayAct(_ input: DecidePayout, as principal: Principal) throws(Refusal) {
        try ProgrammeRows.mustTake(input.decision.rawValue, by: principal.roles)
    }

    func wants(_ input: DecidePayout, in rows: inout PayoutRows) {
        switch input.subject {
        case .disbursement(let id): rows.disbursements.wanted.insert(id)
        case .batch(let id): rows.disbursements.wantedBatches.insert(id)
        }
        if let reference = input.bankReference { rows.receipts.wanted.insert(BankReference.key(of: reference)) }
    }

    func handle(_ input: DecidePayout, context: HandlingContext, rows: inout PayoutRows, say: inout Said) throws {
        let caller = try sender(of: input, context, in: rows)
        let subjects = try subjects(input, in: rows)
        guard let programmeID = subjects.first?.programmeID else { return }
        let actor = Actor(try rows.access.judged(caller, in: programmeID))
        let changes = try subjects.map { try change($0, input, by: actor, in: rows) }
        for change in changes {
            if let instruction = change.instruction { rows.instructions.put(instruction) }
            try rows.keep(change.after, before: change.before, step: change.step.id, reason: input.reason, at: context.now, &say)
            if input.decision == .receive { try settle(change, input, at: context.now, rows: &rows, say: &say) }
        }
        try answer(input, changes, in: rows, &say)
        guard let first = changes.first else { return }
        try say.audit(
            PayoutAudit(
                programme: first.after.programmeID, version: first.after.programmeVersion, disbursements: changes.map(\.after.id),
                step: first.step.id, clauses: first.step.citation.clauses, person: actor.person))
        try rows.acted(actor, giving: first.step.command, on: [first.before], &say)
    }

    /// A batch is answered in numbers: a thousand disbursements would be more than an answer may hold.
    private func answer(_ input: DecidePayout, _ changes: [Change], in rows: PayoutRows, _ say: inout Said) throws {
        guard case .batch(let id) = input.subject else {
            return try say.answer(changes.map { DisbursementSnapshot($0.after, last: rows.instructions.of($0.after.id).last) })
        }
        try say.answer(
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
            try mustHaveChannel(of: programme)
            let (step, instruction) = try after.approve(names: names, by: actor, in: programme)
            return Change(before: before, after: after, step: step, instruction: instruction)
        case .retry:
            try mustHaveChannel(of: programme)
            let payee = try rows.payees[before.institutionID].map { try vault.fixing($0, for: before.id) }
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

    /// Records the funds, and asks ordering to do to its ledger what the programme says of the step.
    private func settle(_ change: Change, _ input: DecidePayout, at now: Date, rows: inout PayoutRows, say: inout Said) throws {
        guard let amount = input.amountFen, let reference = input.bankReference else { return }
        rows.receipts.put(BankReference.key(of: reference), disbursementID: change.after.id, amountFen: amount, at: now)
        guard !change.step.ledger.isEmpty else { return }
        let step = StepReference(Disbursement.procedure, change.step.id)
        try say.send(
            SettleOrder(orderID: change.after.orderID, step: step.description, amountFen: amount),
            key: change.after.orderID.uuidString.lowercased())
    }

    private func mustHaveChannel(of programme: Programme) throws(Refusal) {
        guard channels.contains(programme.payout.channel) else {
            throw programme.payout.citation.clauses.reduce(
                PlatformRule.malformedConfiguration.refusal(
                    LocalisedText(zh: "本系统没有该项目的付款渠道。", en: "This installation has no such channel."))
            ) { $0.under($1) }.comparing("channel", programme.payout.channel, .code)
        }
    }
}
