import Foundation
import Kernel
import Messages
import Programme

extension Deciding {
    /// The amount that a reviewer determines: more than nothing, and at most what the calculation comes to; less only with a reason.
    func determined(_ command: DecideRedemption, of redemption: Redemption, at step: Step) throws(Refusal) -> Fen {
        guard let application = redemption.application else {
            throw PlatformRule.stateDoesNotAllow.refusal(under: step.citation).comparing("state", redemption.state, .code)
        }
        try mustStillHold(redemption, at: step)
        let amount = command.amountFen ?? application.calculated
        guard amount > .zero else { throw PlatformRule.amountOutOfRange.refusal(under: step.citation).comparing("requested", amount) }
        guard amount <= application.calculated else { throw try tooMuch(amount, application, redemption, at: step) }
        if amount < application.calculated {
            try Self.check(command.reason ?? "", "reason", atMost: 500, under: step.citation)
        }
        return amount
    }

    /// Why an amount is too high: over the share of the price, with what averaged it; or over what contract and order have.
    private func tooMuch(
        _ amount: Fen, _ application: Application, _ redemption: Redemption, at step: Step
    ) throws(Refusal) -> Refusal {
        let price = try price(application.contract, application.facts)
        let contract = application.contract
        if let refusal = try programme.refusal(
            redeeming: amount, price: price, period: contract.period, unitPrice: contract.priceOfOneOfMany)
        {
            let isAveraged = application.calculation.contains { $0.name == "averaging" }
            let averaging = isAveraged ? programme.subsidy.averaging?.citation.clauses ?? [] : []
            return averaging.reduce(refusal) { $0.under($1) }
        }
        return PlatformRule.amountOutOfRange.refusal(under: step.citation)
            .comparing("requested", amount).comparing("limit", application.calculated)
            .comparing("contractVoucher", application.contract.voucherFen).comparing("reserved", redemption.order.voucherFen)
    }
}
