import Kernel
import Messages
import Messaging
import OrderingDomain

/// Does to an order's reservations what a decision of redemption or payout has come to.
struct SettleOrderHandler: Handler {
    func wants(_ input: SettleOrder, in rows: inout OrderRows) { rows.wantOrder(input.orderID) }

    func handle(_ input: SettleOrder, context: HandlingContext, rows: inout OrderRows, say: inout Said) throws {
        try context.mustComeFrom("redemption", "payout")
        let order = try rows.order(input.orderID)
        let deciding = try rows.deciding(order, at: context.now)
        let change = try rows.decide(context) { ledger throws in
            try deciding.settle(input.step, fen: input.amountFen, by: context.envelope.source, on: order, in: &ledger)
        }
        try rows.tell(change, &say)
    }
}
