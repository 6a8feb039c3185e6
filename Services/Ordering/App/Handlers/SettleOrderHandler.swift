import Kernel
import Messages
import Messaging
import OrderingDomain

/// Applies the ledger effects of a redemption or payout step to an order's reservations.
struct SettleOrderHandler: Handler {
    func requestRows(for input: SettleOrder, in rows: inout OrderRows) { rows.requestOrder(input.orderID) }

    func handle(_ input: SettleOrder, context: HandlingContext, rows: inout OrderRows, output: inout HandlerOutput) throws {
        try context.requireSource("redemption", "payout")
        let order = try rows.order(input.orderID)
        let deciding = try rows.deciding(order, at: context.now)
        let change = try rows.decide(context) { ledger throws in
            try deciding.settle(input.step, fen: input.amountFen, by: context.envelope.source, on: order, in: &ledger)
        }
        try rows.emit(change, &output)
    }
}
