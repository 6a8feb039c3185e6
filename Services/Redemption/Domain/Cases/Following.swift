import Foundation
import Kernel
public import Messages
import Programme

extension Deciding {
    /// What an order's step means for its redemption: it is opened, its order's facts change, or the ledger has done what was asked.
    ///
    /// Each change builds on the one before. Nothing at all where the redemption looks the same afterwards.
    public func follow(_ event: OrderChanged, _ redemption: Redemption?) -> (redemption: Redemption?, changes: [RedemptionChange]) {
        guard let redemption else {
            let opened = open(event.order)
            return (opened?.redemption, opened.map { [$0] } ?? [])
        }
        var after = redemption
        after.order = event.order
        if let settled = settled(event, after) {
            let change = change(from: redemption, to: settled, step: "settle", citation: .none, reason: event.reason)
            return (change.redemption, [change])
        }
        var changes: [RedemptionChange] = []
        if after.snapshot(dueAt: nil) != redemption.snapshot(dueAt: nil) {
            changes.append(change(from: redemption, to: after, step: "order", citation: .none))
        }
        if let overdue = lapseOverdueHeldBack(redemption, after) { changes.append(overdue) }
        return (changes.last?.redemption ?? after, changes)
    }

    /// Opens a redemption by the platform's own step from the start, once the order is where the step needs it.
    private func open(_ order: OrderSnapshot) -> RedemptionChange? {
        let states = otherStates(order)
        let step = programme.steps(procedure: Self.procedure, from: Procedure.start).first { step in
            !Actor.platform.roles.isDisjoint(with: step.by) && step.to != nil
                && programme.refusals(before: step, otherStates: states, circumstances).isEmpty
        }
        guard let step, let state = step.to else { return nil }
        var redemption = Redemption(order: order, state: Procedure.start)
        move(&redemption, to: state, by: step.id)
        return change(from: nil, to: redemption, step: step.id, citation: step.citation, effects: step.ledger)
    }

    /// The redemption once the ledger has done what it was asked; nil where the event tells of something else, or tells it again.
    private func settled(_ event: OrderChanged, _ redemption: Redemption) -> Redemption? {
        guard event.step == "settle", let settlement = redemption.settlement, settlement.step == event.reason, settlement.doneAt == nil
        else { return nil }
        var after = redemption
        after.settlement?.doneAt = event.at
        after.payable = settlement.amount
        return after
    }

    /// A final decision that was held back by a changed contract, now that the contract is right again.
    private func lapseOverdueHeldBack(_ before: Redemption, _ after: Redemption) -> RedemptionChange? {
        isHeldBack(before) && !isHeldBack(after) ? lapseOverdue(after) : nil
    }
}
