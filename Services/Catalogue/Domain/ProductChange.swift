public import Kernel
public import Messages
public import Programme

extension Product {
    /// The product after a change, by the programme's procedure: who may, from which state, and whether a reason is needed.
    ///
    /// Refused under QUAN-10 and QUAN-15 with the step's clauses, under QUAN-01 where a reason is missing or a number of vouchers stands where
    /// none belongs, and under QUAN-11 where the number is not possible. Fewer vouchers than are reserved is no fault here: `ordering` takes
    /// no more orders for it until there are enough again.
    public func changed(
        by input: ChangeProduct, roles: Set<String>, programme: Programme, _ circumstances: Circumstances
    ) throws(Refusal) -> Product {
        let step = try programme.step(procedure: Self.procedure, command: input.change.rawValue, state: state, roles: roles)
        for refusal in programme.refusals(before: step, otherStates: [:], circumstances) { throw refusal }
        try Self.checkReason(input.reason, step)
        var product = self
        switch (input.change, input.stockVouchers) {
        case (.setStock, let vouchers?):
            try ProductListing.checkStock(vouchers, step)
            product.stockVouchers = vouchers
        case (.setStock, nil), (_, _?):
            throw step.refusal(
                .malformedMessage,
                LocalisedText(
                    zh: "只有调整数量时才须、也才能填写服务券数量。", en: "The number of vouchers is given when it is to change, and only then."))
        case (_, nil): break
        }
        if let to = step.to { product.state = to }
        return product
    }

    private static func checkReason(_ reason: String?, _ step: Step) throws(Refusal) {
        let given = reason.flatMap { $0.isEmpty ? nil : $0 }
        guard let given else {
            guard step.needsReason else { return }
            throw step.refusal(.malformedMessage, LocalisedText(zh: "请写明理由。", en: "A reason must be given."))
                .comparing("missing", "reason", .code)
        }
        _ = try CatalogueText.checked(given, "reason", atMost: CatalogueText.reasonCharacters)
    }
}
