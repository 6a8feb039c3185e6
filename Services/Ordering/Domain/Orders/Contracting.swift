import Foundation
public import Kernel
public import Messages
public import Programme

extension Deciding {
    /// Takes down what the contract says. The amount the order holds becomes the contract's: a dearer one is topped up under the same caps, or
    /// keeps what is held, as the programme says; what a cheaper one does not need is given back.
    public func record(
        _ contract: ContractFacts, on order: Order, by actor: Actor, in ledger: inout Ledger
    ) throws(Refusal) -> (change: OrderChange, subsidy: SubsidyCalculation) {
        let step = try step("record-contract", on: order, by: actor)
        try check(contract, at: step)
        let one = contract.priceOfOneOfMany
        let subsidy = try programme.subsidy(price: contract.totalFen, period: contract.period, unitPrice: one)
        try refuse(step, order.facts.merging(contract.facts(price: contract.priceFen ?? Self.oneYear(subsidy))))
        if let refusal = try programme.refusal(
            redeeming: contract.voucherFen, price: contract.totalFen, period: contract.period, unitPrice: one)
        {
            throw refusal
        }
        guard order.progress.settled == nil else { throw Self.isSettled(order) }
        var contracted = order
        contracted.progress.contract = contract
        let isKept = programme.subsidy.dearer == .keep && contract.voucherFen > order.voucher
        if !isKept { contracted.voucher = contract.voucherFen }
        let change = try finish(step, on: order, becoming: contracted, by: actor, fen: contracted.voucher, in: &ledger)
        return (change, subsidy)
    }

    /// What the contract costs for the time that is subsidised: its total, or the average of a longer one.
    private static func oneYear(_ subsidy: SubsidyCalculation) -> Fen {
        subsidy.steps.last { $0.name == "averaging" || $0.name == "base" }?.result ?? subsidy.amount
    }

    private static func isSettled(_ order: Order) -> Refusal {
        PlatformRule.stateDoesNotAllow.refusal(
            LocalisedText(zh: "兑付已有结果，不能再修改合同。", en: "The redemption is decided; the contract cannot change any more.")
        ).comparing("settled", order.progress.settled ?? "", .code)
    }
}
