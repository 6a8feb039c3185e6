import Foundation
import Kernel
import Messages
import Programme

/// What a contract must say of itself before any rule of a programme is asked.
extension Deciding {
    func check(_ contract: ContractFacts, at step: Step) throws(Refusal) {
        try Self.checkAmounts(contract)
        try Self.check(contract.productName, "productName", atMost: 200)
        let today = try today()
        if contract.signedOn > today {
            throw under(step, PlatformRule.paperFromFuture.refusal())
                .comparing("signedOn", contract.signedOn.description, .date).comparing("today", today.description, .date)
        }
        try checkEnd(contract)
        try Self.checkTotal(contract, under(step, PlatformRule.totalNotPriceTimesQuantity.refusal()))
    }

    private func under(_ step: Step, _ refusal: Refusal) -> Refusal {
        step.citation.clauses.reduce(refusal) { $0.under($1) }
    }

    private static func checkAmounts(_ contract: ContractFacts) throws(Refusal) {
        for (name, amount) in [("total", contract.totalFen), ("voucher", contract.voucherFen), ("price", contract.priceFen ?? .max)]
        where amount <= .zero {
            throw PlatformRule.amountOutOfRange.refusal().comparing(name, amount)
        }
        guard contract.selfPaidFen >= .zero else {
            throw PlatformRule.amountOutOfRange.refusal().comparing("selfPaid", contract.selfPaidFen)
        }
        if let quantity = contract.quantity, quantity < 1 {
            throw PlatformRule.amountOutOfRange.refusal(LocalisedText(zh: "数量至少为1。", en: "A quantity is 1 at least."))
                .comparing("quantity", quantity, .count)
        }
    }

    /// Only where the programme subsidises a bounded time does it matter how long a service runs (QUAN-41).
    private func checkEnd(_ contract: ContractFacts) throws(Refusal) {
        guard let averaging = programme.subsidy.averaging, contract.serviceThrough == nil, contract.isSingleDelivery != true else { return }
        throw averaging.citation.clauses.reduce(PlatformRule.contractWithoutEnd.refusal()) { $0.under($1) }
            .comparing("missing", "serviceThrough", .code)
    }

    /// The total is the price times the quantity, to the fen (QUAN-40). Of several units the price has to be stated.
    private static func checkTotal(_ contract: ContractFacts, _ refusal: Refusal) throws(Refusal) {
        let quantity = contract.quantity ?? 1
        guard let price = contract.priceFen else {
            guard quantity > 1 else { return }
            throw refusal.comparing("missing", "priceFen", .code).comparing("quantity", quantity, .count)
        }
        // A product that does not fit 64 bits is no total either.
        guard (try? price.multiplied(by: Int64(quantity))) != contract.totalFen else { return }
        throw refusal.comparing("total", contract.totalFen).comparing("price", price).comparing("quantity", quantity, .count)
    }
}
