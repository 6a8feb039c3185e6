import Messages
import Messaging
import Programme
import RedemptionDomain

/// Follows orders: opens a redemption when there is a contract, takes down what changes, and learns when the ledger has posted.
struct OrderChangedHandler: Handler {
    func wants(_ input: OrderChanged, in rows: inout RedemptionRows) { rows.want(input.order.orderID) }

    func handle(_ input: OrderChanged, context: HandlingContext, rows: inout RedemptionRows, say: inout Said) throws {
        rows.heard.note(context.envelope)
        let deciding = try rows.deciding(input.order, at: context.now)
        let before = rows.redemptions[input.order.orderID]
        let (after, changes) = deciding.follow(input, before)
        for change in changes { try rows.tell(change, &say) }
        if changes.isEmpty, let after, after != before { rows.set(after) }
    }
}
