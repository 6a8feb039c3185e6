import Kernel
import Messages
import Messaging
import OrderingDomain

/// Lets an order lapse whose deadline has passed. What was left in time is passed over: a timer may fire late or again.
struct LapseOrderHandler: Handler {
    func wants(_ input: LapseOrder, in rows: inout OrderRows) {
        rows.wantOrder(input.orderID)
        rows.wishes.lapses.insert(input.orderID)
    }

    func handle(_ input: LapseOrder, context: HandlingContext, rows: inout OrderRows, say: inout Said) throws {
        try context.mustComeFrom(OrderingContents.name)
        // What is being sent again comes into this very partition, so it is not waited for here: this goes behind it once more.
        guard !rows.unsettled.contains(input.orderID) else {
            return try say.send(input, key: input.orderID.lowercased, after: MissingCommands.pause)
        }
        let order = try rows.order(input.orderID)
        let deciding = try rows.deciding(order, at: context.now)
        let change = try rows.decide(context) { ledger throws in
            try deciding.lapse(input.deadline, dueAt: input.dueAt, of: order, in: &ledger)
        }
        guard let change else { return }
        try rows.tell(change, &say)
    }
}
