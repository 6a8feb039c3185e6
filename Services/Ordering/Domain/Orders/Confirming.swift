import Foundation
public import Kernel
import Messages
import Programme
public import QuotaLedger

extension Deciding {
    /// The enterprise lets its contract take more voucher than it had ordered or confirmed before (IN-53): what is more is reserved under the
    /// same caps. Where a cap refuses, the contract goes on waiting and the order holds what it held.
    ///
    /// `voucher` is the amount that the enterprise was shown, so that a contract that was recorded anew meanwhile is not confirmed unseen.
    public func confirm(
        _ voucher: Fen?, on order: Order, by actor: Actor, in ledger: inout Ledger
    ) throws(Refusal) -> OrderChange {
        let step = try step("confirm-contract", on: order, by: actor)
        try mustNotBeSettled(order)
        guard let pending = order.progress.pendingVoucher else {
            throw step.citation.clauses.reduce(Self.nothingToConfirm) { $0.under($1) }.comparing("voucher", order.voucher)
        }
        if let voucher, voucher != pending {
            throw step.citation.clauses.reduce(Self.changedMeanwhile) { $0.under($1) }
                .comparing("confirmed", voucher).comparing("recorded", pending)
        }
        try refuse(step, order.facts)
        var confirmed = order
        confirmed.voucher = pending
        confirmed.progress.confirmedVoucher = pending
        confirmed.progress.pendingVoucher = nil
        return try finish(step, on: order, becoming: confirmed, by: actor, fen: pending, in: &ledger)
    }

    /// The enterprise says that the contract is not what it signed: it is set aside until the institution records it again. What the
    /// enterprise had confirmed counts no longer, and the order holds no more than was ordered.
    public func dispute(
        reason: String, on order: Order, by actor: Actor, in ledger: inout Ledger
    ) throws(Refusal) -> OrderChange {
        let step = try step("dispute-contract", on: order, by: actor, reason: reason)
        try mustNotBeSettled(order)
        try refuse(step, order.facts)
        var disputed = order
        disputed.voucher = min(order.voucher, order.progress.orderedVoucher ?? order.voucher)
        disputed.progress.dispute = reason
        disputed.progress.confirmedVoucher = nil
        disputed.progress.pendingVoucher = nil
        return try finish(step, on: order, becoming: disputed, by: actor, reason: reason, fen: disputed.voucher, in: &ledger)
    }

    /// What redemption has come to is final: the contract it was about cannot change any more.
    func mustNotBeSettled(_ order: Order) throws(Refusal) {
        guard let settled = order.progress.settled else { return }
        throw PlatformRule.stateDoesNotAllow.refusal(
            LocalisedText(zh: "兑付已有结果，不能再修改合同。", en: "The redemption is decided; the contract cannot change any more.")
        ).comparing("settled", settled, .code)
    }

    private static let nothingToConfirm = PlatformRule.stateDoesNotAllow.refusal(
        LocalisedText(zh: "没有等待企业确认的合同。", en: "No contract waits for the enterprise's confirmation."))
    private static let changedMeanwhile = PlatformRule.stateDoesNotAllow.refusal(
        LocalisedText(
            zh: "合同已重新登记，用券金额与所确认的不同。",
            en: "The contract was recorded anew; it takes another voucher amount than the one that is confirmed."))
}
