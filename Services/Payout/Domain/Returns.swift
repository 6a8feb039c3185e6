public import Kernel
public import Programme

extension Disbursement {
    /// The institution reports, or the bureau demands, that funds be returned (BJ26-47): all of it, or the part that was refunded.
    public mutating func oweReturn(
        _ command: String, amountFen: Fen?, reason: String?, by actor: Actor, in programme: Programme
    ) throws(Refusal) -> Step {
        let step = try step(command, by: actor, reason: reason, in: programme)
        if !step.by.contains("officer"), actor.organisation != institutionID {
            throw step.refusal(.notPermitted, LocalisedText(zh: "只能由收款的服务机构报告。", en: "Only the institution that was paid reports it."))
        }
        let owed = amountFen ?? self.amountFen
        guard owed > .zero, owed <= self.amountFen else {
            throw step.refusal(.amountOutOfRange, LocalisedText(zh: "应退金额须大于零且不超过已拨付金额。", en: "What is returned is part of what was paid."))
                .comparing("requested", owed).comparing("paid", self.amountFen)
        }
        take(step, by: actor)
        owedFen = owed
        return step
    }

    /// Returned funds have come in (BJ26-47). The step leads on once all that is owed has come in; a part is noted and the state stays.
    public mutating func receive(
        amountFen: Fen?, bankReference: String?, isReferenceKnown: Bool, by actor: Actor, in programme: Programme
    ) throws(Refusal) -> Step {
        let step = try step("receive-funds", by: actor, in: programme)
        guard let amountFen, let bankReference, (1...64).contains(bankReference.utf8.count) else {
            throw step.refusal(.malformedMessage, LocalisedText(zh: "请填写到账金额和银行流水号。", en: "Amount and bank reference are needed."))
        }
        guard !isReferenceKnown else {
            throw step.refusal(
                .stateDoesNotAllow, LocalisedText(zh: "该银行流水已登记。", en: "Funds under this bank reference are already recorded.")
            )
            .comparing("bankReference", bankReference, .code)
        }
        guard amountFen > .zero, let total = try? returnedFen.adding(amountFen), total <= owedFen else {
            throw step.refusal(.amountOutOfRange, LocalisedText(zh: "到账金额超过应退金额。", en: "More has come in than is owed."))
                .comparing("received", amountFen).comparing("returned", returnedFen).comparing("owed", owedFen)
        }
        returnedFen = total
        if returnedFen == owedFen, alarm == Self.returnedByBank { alarm = nil }
        if returnedFen == owedFen { take(step, by: actor) } else { note(step, by: actor) }
        return step
    }
}
