import Access
import Foundation
import Kernel
import Messages
import Messaging
import PayoutDomain
import Programme
import ProgrammeStore

/// Puts due disbursements into a batch (BJ26-42): all that the command names, or none.
struct BatchPayoutsHandler: AuthorisesSender {
    let cipher: AccountCipher

    /// The result.
    struct Batch: Codable, Sendable, Hashable {
        let batchID: UUID
        let count: Int
        let totalFen: Fen
        /// Due disbursements left out because their institution has no account in its registered name. Empty if the command names ids.
        let withoutPayee: [UUID]
    }

    func authorise(_ input: BatchPayouts, as principal: Principal) throws(Refusal) {
        try ProgrammeRows.requirePermission("batch-payout", in: input.programmeID, by: principal.roles)
    }

    func requestRows(for input: BatchPayouts, in rows: inout PayoutRows) {
        if let ids = input.disbursementIDs {
            rows.disbursements.requested.formUnion(ids.prefix(Disbursement.batchAtMost))
        } else {
            rows.disbursements.requestedProgrammes.insert(input.programmeID)
        }
    }

    func handle(_ input: BatchPayouts, context: HandlingContext, rows: inout PayoutRows, output: inout HandlerOutput) throws {
        let caller = try sender(of: input, context, in: rows)
        let actor = Actor(try rows.access.effectivePrincipal(caller, in: input.programmeID))
        let (chosen, without) = try selection(input, in: rows)
        var batched: [Disbursement] = []
        var clauses: Set<String> = []
        var taken = ""
        for var disbursement in chosen {
            let payee = try rows.payees[disbursement.institutionID].map { try cipher.rebinding($0, to: disbursement.id) }
            let step = try disbursement.batch(
                context.envelope.id, payee: payee, names: rows.names[disbursement.institutionID], by: actor,
                in: try rows.programme(of: disbursement))
            clauses.formUnion(step.citation.clauses)
            taken = step.id
            batched.append(disbursement)
        }
        let total = try Fen.sum(batched.map(\.amountFen))
        for disbursement in batched {
            try rows.emit(disbursement, before: rows.disbursements[disbursement.id], step: taken, at: context.now, &output)
        }
        let answer = Batch(batchID: context.envelope.id, count: batched.count, totalFen: total, withoutPayee: without)
        try output.answer(answer)
        try output.audit(
            PayoutAudit(
                programme: input.programmeID, version: batched.first?.programmeVersion ?? 0, disbursements: batched.map(\.id), step: taken,
                clauses: clauses.sorted(), person: actor.person))
        try rows.recordAction(actor, giving: "batch-payout", on: batched, &output)
    }

    private func selection(_ input: BatchPayouts, in rows: PayoutRows) throws -> (chosen: [Disbursement], withoutPayee: [UUID]) {
        guard let ids = input.disbursementIDs else {
            let open = rows.disbursements.loaded.filter { $0.programmeID == input.programmeID && $0.batchID == nil && $0.alarm == nil }
            let payable = open.filter { rows.hasPayee($0.institutionID) }
            guard !payable.isEmpty else { throw Self.nothingDue(input.programmeID, withoutPayee: open.count) }
            return (Array(payable.prefix(Disbursement.batchAtMost)), open.filter { !rows.hasPayee($0.institutionID) }.map(\.id))
        }
        guard (1...Disbursement.batchAtMost).contains(ids.count), Set(ids).count == ids.count else {
            throw PlatformRule.malformedMessage.refusal(
                LocalisedText(zh: "批次须列出1至1000笔互不相同的拨付。", en: "A batch names 1 to 1000 disbursements, each once.")
            ).comparing("given", ids.count, .count)
        }
        let chosen = try ids.map { try rows.disbursement($0) }
        guard chosen.allSatisfy({ $0.programmeID == input.programmeID }) else {
            throw PlatformRule.unknownReference.refusal(
                LocalisedText(zh: "所列拨付不属于该项目。", en: "Not all of these disbursements are of this programme."))
        }
        return (chosen, [])
    }

    private static func nothingDue(_ programme: String, withoutPayee: Int) -> Refusal {
        PlatformRule.stateDoesNotAllow.refusal(LocalisedText(zh: "没有可列入批次的拨付。", en: "Nothing is due that could be batched."))
            .comparing("programme", String(programme.prefix(64)), .code).comparing("withoutPayee", withoutPayee, .count)
    }
}

extension PayoutRows {
    /// Whether an institution has an account in its registered name, so that it can be paid.
    fileprivate func hasPayee(_ institution: UUID) -> Bool {
        payees[institution].map { names[institution].hold($0.accountName) } ?? false
    }
}
