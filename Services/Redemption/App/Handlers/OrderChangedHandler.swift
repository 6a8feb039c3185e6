import Messages
import Messaging
import Programme
import RedemptionDomain

/// Opens a redemption when an order has a contract, saves changes of the order, and records when the ledger has posted.
struct OrderChangedHandler: Handler {
    func requestRows(for input: OrderChanged, in rows: inout RedemptionRows) { rows.request(input.order.orderID) }

    func handle(_ input: OrderChanged, context: HandlingContext, rows: inout RedemptionRows, output: inout HandlerOutput) throws {
        rows.applied.record(context.envelope)
        let deciding = try rows.deciding(input.order, at: context.now)
        let before = rows.redemptions[input.order.orderID]
        let (after, changes) = deciding.follow(input, before)
        for change in changes { try rows.emit(change, &output) }
        if changes.isEmpty, let after, after != before { rows.set(after) }
    }
}
