import Foundation
public import Kernel
public import Messages
public import Programme
public import QuotaLedger

extension Deciding {
    /// Takes down what the contract says. The amount the order holds becomes the contract's, as far as the enterprise has agreed to it: what a
    /// cheaper one does not need is given back, more than that waits for the enterprise or is never held, as the programme says.
    public func record(
        _ contract: ContractFacts, on order: Order, by actor: Actor, in ledger: inout Ledger
    ) throws(Refusal) -> (change: OrderChange, subsidy: SubsidyCalculation) {
        let step = try step("record-contract", on: order, by: actor)
        try Self.mustBeTwo(order.enterprise, order.institution)
        try check(contract, at: step)
        let one = contract.priceOfOneOfMany
        let subsidy = try programme.subsidy(price: contract.totalFen, period: contract.period, unitPrice: one)
        try refuse(step, order.facts.merging(contract.facts(price: contract.priceFen ?? Self.oneYear(subsidy))))
        if let refusal = try programme.refusal(
            redeeming: contract.voucherFen, price: contract.totalFen, period: contract.period, unitPrice: one)
        {
            throw refusal
        }
        try mustNotBeSettled(order)
        let contracted = contracting(order, contract)
        let change = try finish(step, on: order, becoming: contracted, by: actor, fen: contracted.voucher, in: &ledger)
        return (change, subsidy)
    }

    /// What the contract costs for the time that is subsidised: its total, or the average of a longer one.
    private static func oneYear(_ subsidy: SubsidyCalculation) -> Fen {
        subsidy.steps.last { $0.name == "averaging" || $0.name == "base" }?.result ?? subsidy.amount
    }

    /// The order with its contract. What the contract takes beyond what the enterprise has agreed to waits for its confirmation (IN-53), and
    /// the order goes on holding what it holds; where the programme keeps what is held, it waits for nothing.
    private func contracting(_ order: Order, _ contract: ContractFacts) -> Order {
        var contracted = order
        contracted.progress.contract = contract
        contracted.progress.dispute = nil
        contracted.progress.orderedVoucher = order.progress.orderedVoucher ?? order.voucher
        let mayTopUp = programme.subsidy.dearer == .topUp
        let isMore = contract.voucherFen > (mayTopUp ? order.agreedVoucher : order.voucher)
        contracted.progress.pendingVoucher = isMore && mayTopUp ? contract.voucherFen : nil
        if !isMore { contracted.voucher = contract.voucherFen }
        return contracted
    }
}
