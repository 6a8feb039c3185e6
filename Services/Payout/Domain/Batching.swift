public import Foundation
public import Kernel
public import Programme

extension Disbursement {
    /// How many disbursements a batch may hold.
    public static let batchAtMost = 1000

    /// Puts a due disbursement into a batch (BJ26-42), to be paid to the account as it is now. Refused where none is registered for the
    /// institution, and under IN-54 where it is in another name than the institution's.
    ///
    /// - Parameter payee: the institution's account, its number encrypted for this disbursement.
    public mutating func batch(
        _ batchID: UUID, payee: Payee?, names: RegisteredNames, by actor: Actor, in programme: Programme
    ) throws(Refusal) -> Step {
        let step = try step("batch-payout", by: actor, in: programme)
        guard let payee else { throw withoutPayee(step) }
        try mustHold(names, payee, for: step)
        take(step, by: actor)
        self.batchID = batchID
        self.payee = payee
        return step
    }

    /// Takes a disbursement out of its batch again, so that it can be batched with the account as it is then. Whoever batched it or agreed to
    /// it has agreed to nothing any more.
    public mutating func unbatch(reason: String?, by actor: Actor, in programme: Programme) throws(Refusal) -> Step {
        let step = try step("unbatch-payout", by: actor, reason: reason, in: programme)
        for undone in agreeing(in: programme) { takenBy[undone] = nil }
        take(step, by: actor)
        batchID = nil
        payee = nil
        return step
    }

    /// Approves what is batched (BJ26-42): an instruction to send, once as many different people have agreed as the programme wants; nil while
    /// more are needed. Who adds nothing to their number is refused. It goes to the account as it was batched, whatever the institution has
    /// registered since, and to none that is no longer in the institution's name (IN-54).
    public mutating func approve(names: RegisteredNames, by actor: Actor, in programme: Programme) throws(Refusal) -> (Step, Instruction?) {
        let step = try step("approve-payout", by: actor, in: programme)
        let agreed = Set(agreeing(in: programme).compactMap { takenBy[$0] }.joined())
        let needed = programme.payout.people
        guard agreed.union([actor.person]).count > agreed.count || agreed.count >= needed else {
            throw step.refusal(.notPermitted, Self.secondPerson).comparing("agreed", agreed.count, .count)
                .comparing("needed", needed, .count)
        }
        guard let payee else {
            throw step.refusal(.payeeChanged, Self.notFixed).comparing("disbursement", id.uuidString.lowercased(), .code)
        }
        try mustHold(names, payee, for: step)
        guard agreed.union([actor.person]).count >= needed else {
            note(step, by: actor)
            return (step, nil)
        }
        return (step, nextInstruction(to: payee, by: actor, taking: step))
    }

    /// A new attempt, which there may be only after the bank has finally rejected the last: `last` is looked at, not believed from the state.
    ///
    /// It goes to the account as it is now. One officer is enough for the account that was approved before. A changed one is proposed by the
    /// first officer, who gets no instruction (nil), and a second one agrees to just that account (IN-54).
    ///
    /// - Parameter payee: the institution's account as it is now, its number encrypted for this disbursement.
    public mutating func retry(
        after last: Instruction?, payee: Payee?, names: RegisteredNames, reason: String?, by actor: Actor, in programme: Programme
    ) throws(Refusal) -> (Step, Instruction?) {
        let step = try step("retry-payout", by: actor, reason: reason, in: programme)
        guard let last, last.attempt == attempt, last.state == .rejected else {
            throw step.refusal(.stateDoesNotAllow, Self.notRejected).comparing("attempt", attempt, .count)
                .comparing("attemptState", last?.state.rawValue ?? "none", .code)
        }
        guard let payee else { throw withoutPayee(step) }
        try mustHold(names, payee, for: step)
        let isKnown = self.payee.map { payee.isSame(as: $0) } ?? false
        guard isKnown || programme.payout.people < 2 else {
            self.payee = payee
            payeeProposedBy = actor.person
            note(step, by: actor)
            return (step, nil)
        }
        guard payeeProposedBy != actor.person else {
            throw step.refusal(.payeeChanged, Self.secondPerson).under(RegisteredNames.interpretation)
                .comparing("proposed", payee.maskedAccount, .code)
        }
        payeeProposedBy = nil
        return (step, nextInstruction(to: payee, by: actor, taking: step))
    }

    private mutating func nextInstruction(to payee: Payee, by actor: Actor, taking step: Step) -> Instruction {
        take(step, by: actor)
        attempt += 1
        self.payee = payee
        return Instruction(
            id: PayoutID.instruction(disbursementID: id, attempt: attempt), disbursementID: id, attempt: attempt, amountFen: amountFen,
            payee: payee)
    }

    private func withoutPayee(_ step: Step) -> Refusal {
        step.refusal(.stateDoesNotAllow, Self.noPayee).comparing("disbursement", id.uuidString.lowercased(), .code)
            .comparing("institution", institutionID.uuidString.lowercased(), .code).withRemedy(Self.registerPayee)
    }

    private func mustHold(_ names: RegisteredNames, _ payee: Payee, for step: Step) throws(Refusal) {
        guard let refusal = names.refusal(of: payee.accountName) else { return }
        throw step.citation.clauses.reduce(refusal) { $0.under($1) }.comparing("disbursement", id.uuidString.lowercased(), .code)
    }

    /// The steps by which people agree to a payment.
    private func agreeing(in programme: Programme) -> [String] {
        programme.procedure(Self.procedure)?.steps.filter { Self.agreeing.contains($0.command) }.map(\.id) ?? []
    }

    private static let agreeing = ["batch-payout", "approve-payout"]
    private static let notFixed = LocalisedText(
        zh: "该笔拨付列入批次时未固定收款账户，请移出批次后重新列入。",
        en: "No account was fixed when it was batched; take it out of the batch and batch it again.")
    private static let noPayee = LocalisedText(zh: "该服务机构尚未登记收款账户。", en: "The institution has registered no account to be paid to.")
    private static let registerPayee = LocalisedText(
        zh: "请服务机构先登记收款账户，再列入批次。", en: "Have the institution register its account, then batch the disbursement.")
    private static let notRejected = LocalisedText(
        zh: "上一次付款指令尚未被银行最终退回。", en: "The last attempt is not finally rejected by the bank.")
}
