import Kernel
import Messages
import Messaging
import OrderingDomain
import Recovery
import StrictJSON

/// Lapses an order whose deadline has passed. It does nothing if the order has left the state, because a timer may fire late or repeatedly.
struct LapseOrderHandler: Handler {
    func requestRows(for input: LapseOrder, in rows: inout OrderRows) {
        rows.requestOrder(input.orderID)
        rows.rowRequests.lapses.insert(input.orderID)
    }

    func handle(_ input: LapseOrder, context: HandlingContext, rows: inout OrderRows, output: inout HandlerOutput) throws {
        try context.requireSource(OrderingHandlers.name)
        // Missing commands are republished to this same partition, so waiting here would block them; defer this command behind them.
        guard !rows.withMissingCommands.contains(input.orderID) else {
            return try output.send(input, key: input.orderID.lowercased, after: CommandGaps.retryDelay)
        }
        let order = try rows.order(input.orderID)
        let deciding = try rows.deciding(order, at: context.now)
        let change = try rows.decide(context) { ledger throws in
            try deciding.lapse(input.deadline, dueAt: input.dueAt, of: order, in: &ledger)
        }
        guard let change else { return }
        try rows.emit(change, &output)
    }
}
