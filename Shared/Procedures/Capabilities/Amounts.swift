import Foundation
import Kernel
import Programme

extension CapabilityCall {
    /// Compares the contract's paper with the recorded contract (QUAN-27), and calculates the subsidy: the programme's share, at most what the
    /// contract takes and the order holds.
    func calculatedSubsidy() throws(Refusal) -> CapabilityResult {
        try mustAgreeWithRecord()
        let price = try price()
        let sum = try programme.subsidy(price: price, period: period, unitPrice: unitPriceOfMany)
        let amount = min(sum.amount, try voucher(), amount("order", "voucher") ?? sum.amount)
        return CapabilityResult(fields: [
            FieldName("redemption", "calculated"): .amount(amount), FieldName("redemption", "appliedOn"): .date(try today()),
        ])
    }

    /// The base of the share.
    private func price() throws(Refusal) -> Fen {
        switch programme.subsidy.base {
        case .contractTotal: return try required("contract", "total")
        case .invoiceTotal: return try required("invoice", "total")
        case .invoiceAndVoucher:
            let (invoice, voucher) = (try required("invoice", "total"), try voucher())
            guard let sum = try? invoice.adding(voucher) else {
                throw refusal(.amountOutOfRange)
            }
            return sum
        }
    }

    /// The voucher amount of the contract; of the order where contracts do not state one.
    private func voucher() throws(Refusal) -> Fen {
        if let stated = amount("contract", "voucher") { return stated }
        return try required("order", "voucher")
    }

    /// Refuses a contract that differs from the record of the parent case (QUAN-27).
    private func mustAgreeWithRecord() throws(Refusal) {
        guard let document = programme.document("contract") else { return }
        for field in document.fields {
            let name = FieldName("contract", field.id)
            guard let paper = subject.record[name], let recorded = above[name], paper.folded != recorded.folded else { continue }
            throw document.citation.refusal(of: .paperDiffersFromRecord).comparing("field", field.id, .code)
                .comparing("paper", paper.plainText, .code).comparing("record", recorded.plainText, .code)
        }
        // The period decides about averaging: a paper without an end is a service rendered once, and must be recorded as one.
        let end = FieldName("contract", "serviceThrough")
        let (paper, recorded) = (subject.record[end], above[end])
        guard (paper == nil) != (recorded == nil) else { return }
        throw document.citation.refusal(of: .paperDiffersFromRecord).comparing("field", end.field, .code)
            .comparing("paper", paper?.plainText ?? "-", .code).comparing("record", recorded?.plainText ?? "-", .code)
    }

    /// Refuses to go on while the contract is recorded otherwise than the papers say (QUAN-27).
    func sameContract() throws(Refusal) -> CapabilityResult {
        try mustAgreeWithRecord()
        return CapabilityResult()
    }

    /// Checks the amount that a reviewer determines: it is above zero and at most the calculated amount.
    func determinedAmount() throws(Refusal) -> CapabilityResult {
        let calculated = try required("redemption", "calculated")
        let amount = amount("redemption", "amount") ?? calculated
        guard amount > .zero else { throw refusal(.amountOutOfRange).comparing("requested", amount) }
        guard amount <= calculated else {
            let price = try price()
            if let refusal = try programme.refusal(redeeming: amount, price: price, period: period, unitPrice: unitPriceOfMany) {
                throw refusal
            }
            throw refusal(.amountOutOfRange).comparing("requested", amount).comparing("limit", calculated)
        }
        return CapabilityResult(fields: [
            FieldName("redemption", "amount"): .amount(amount), FieldName("redemption", "decidedOn"): .date(try today()),
        ])
    }

    /// Adds an amount to the sum that an enterprise or institution owes back (BJ26-47). The sum is never above the payment. `payout.refund`
    /// gives the amount; without it, the whole rest of the payment is owed.
    func owedReturn() throws(Refusal) -> CapabilityResult {
        let (paid, owed) = (try required("redemption", "amount"), amount("payout", "owed") ?? .zero)
        let left = (try? paid.subtracting(owed)) ?? .zero
        let part = amount("payout", "refund") ?? left
        guard part > .zero, part <= left, let sum = try? owed.adding(part) else {
            throw refusal(.amountOutOfRange).comparing("requested", part).comparing("owed", owed).comparing("paid", paid)
        }
        return CapabilityResult(fields: [FieldName("payout", "owed"): .amount(sum), FieldName("payout", "refund"): nil])
    }

    /// Adds a received amount to the returned sum of a payment. The returned sum is never above the owed sum.
    func receivedReturn() throws(Refusal) -> CapabilityResult {
        let (owed, returned) = (amount("payout", "owed") ?? .zero, amount("payout", "returned") ?? .zero)
        let received = try required("payout", "received")
        guard received > .zero, let sum = try? returned.adding(received), sum <= owed else {
            throw refusal(.amountOutOfRange).comparing("received", received).comparing("returned", returned).comparing("owed", owed)
        }
        return CapabilityResult(fields: [FieldName("payout", "returned"): .amount(sum)])
    }
}

extension FactValue {
    /// The value with texts in canonical form, without blanks at their edges.
    fileprivate var folded: FactValue {
        guard case .text(let text) = self else { return self }
        return .text(text.precomposedStringWithCanonicalMapping.trimmingCharacters(in: .whitespaces))
    }
}
