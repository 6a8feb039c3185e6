public import Kernel
public import Programme

extension Disbursement {
    /// How many refunds of one disbursement may be reported and demanded.
    public static let refundsAtMost = 100

    /// The institution reports, or the bureau demands, that funds be returned (BJ26-47): a part that was refunded, or (nil) all that is left.
    /// There may be several, never of more than was paid together.
    public mutating func oweReturn(
        _ command: String, amountFen: Fen?, reason: String?, by actor: Actor, in programme: Programme
    ) throws(Refusal) -> Step {
        let step = try step(command, by: actor, reason: reason, in: programme)
        if !step.by.contains("officer"), actor.organisation != institutionID {
            throw step.refusal(.notPermitted, LocalisedText(zh: "只能由收款的服务机构报告。", en: "Only the institution that was paid reports it."))
        }
        guard owedFen < self.amountFen, refundsFen.count < Self.refundsAtMost, let left = try? self.amountFen.subtracting(owedFen) else {
            throw step.refusal(
                .stateDoesNotAllow, LocalisedText(zh: "已拨付的资金均已报告或要求退回。", en: "All that was paid is reported or demanded back already.")
            ).comparing("owed", owedFen).comparing("paid", self.amountFen)
        }
        let part = amountFen ?? left
        guard part > .zero, part <= left, let owed = try? owedFen.adding(part) else {
            throw step.refusal(.amountOutOfRange, LocalisedText(zh: "应退金额须大于零且不超过已拨付金额。", en: "What is returned is part of what was paid."))
                .comparing("requested", part).comparing("owed", owedFen).comparing("paid", self.amountFen)
        }
        take(step, by: actor)
        owedFen = owed
        refundsFen.append(part)
        return step
    }

    /// Returned funds have come in (BJ26-47). The step leads on once all that is owed has come in; a part is noted and the state stays.
    ///
    /// Funds are taken for the refunds in the order these were reported: a part of one, or several of them whole. An amount that ends in the
    /// middle of a later one is no transfer that anybody has reported, and refused like one of more than is owed.
    public mutating func receive(
        amountFen: Fen?, bankReference: String?, isReferenceKnown: Bool, by actor: Actor, in programme: Programme
    ) throws(Refusal) -> Step {
        let step = try step("receive-funds", by: actor, in: programme)
        guard let amountFen, let bankReference, !BankReference.key(of: bankReference).isEmpty else {
            throw step.refusal(.malformedMessage, LocalisedText(zh: "请填写到账金额和银行流水号。", en: "Amount and bank reference are needed."))
        }
        guard !isReferenceKnown else {
            throw step.citation.clauses.reduce(PlatformRule.bankReferenceUsed.refusal()) { $0.under($1) }
                .comparing("bankReference", BankReference.key(of: bankReference), .code)
        }
        guard amountFen > .zero, let total = try? returnedFen.adding(amountFen), isReported(total) else {
            throw step.refusal(
                .amountOutOfRange,
                LocalisedText(zh: "到账金额超过应退金额，或与所报各笔退款不符。", en: "More has come in than is owed, or it fits none of the refunds reported.")
            )
            .comparing("received", amountFen).comparing("returned", returnedFen).comparing("owed", owedFen)
        }
        returnedFen = total
        if returnedFen == owedFen, alarm == Self.returnedByBank { alarm = nil }
        if returnedFen == owedFen { take(step, by: actor) } else { note(step, by: actor) }
        return step
    }

    /// Whether funds of that total are a part of the first refund that is open, or some refunds whole.
    private func isReported(_ total: Fen) -> Bool {
        var sum = Fen.zero
        var isFirstOpen = true
        for refund in refundsFen {
            guard let next = try? sum.adding(refund) else { return false }
            sum = next
            guard sum > returnedFen else { continue }
            if sum == total || isFirstOpen && total < sum { return true }
            isFirstOpen = false
        }
        return false
    }
}
