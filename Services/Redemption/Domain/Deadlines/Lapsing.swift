public import Foundation
import Kernel
import Messages
import Programme

extension Deciding {
    /// What becomes of a redemption whose deadline's timer has fired; nil where nothing does: it was left in time, the deadline was moved, or
    /// the final decision cannot be posted as things stand (see `isHeldBack`).
    public func lapse(_ deadline: String, timer: String, dueAt: Date, of redemption: Redemption) -> RedemptionChange? {
        guard let found = running(redemption).first(where: { $0.rule.id == deadline }),
            found.timerName(of: redemption.id) == timer, now >= found.deadline.instant ?? dueAt
        else { return nil }
        return lapse(found.rule, dueAt: found.deadline.instant ?? dueAt, of: redemption)
    }

    /// The same without a timer: for a deadline that has passed and was held back until now.
    func lapseOverdue(_ redemption: Redemption) -> RedemptionChange? {
        for running in running(redemption) {
            guard let due = running.deadline.instant, now >= due else { continue }
            return lapse(running.rule, dueAt: due, of: redemption)
        }
        return nil
    }

    private func lapse(_ rule: DeadlineRule, dueAt: Date, of redemption: Redemption) -> RedemptionChange? {
        guard !(rule.lapse.ledger.contains(where: \.pays) && isHeldBack(redemption)) else { return nil }
        var after = redemption
        move(&after, to: rule.lapse.to, by: rule.id)
        after.progress.lapse = Lapse(deadline: rule.id, dueAt: dueAt)
        return change(
            from: redemption, to: after, step: rule.id, citation: rule.citation, effects: rule.lapse.ledger, passed: rule.id)
    }

    /// Whether a decision may not become final: no amount is determined, or the contract is no longer the one it was decided on. The redemption
    /// stays where it is until the contract is put right, which `follow` notices, or an objection is upheld.
    func isHeldBack(_ redemption: Redemption) -> Bool { redemption.amount == nil || redemption.isContractChanged }
}
