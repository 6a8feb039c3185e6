import Kernel
import Messages
import Messaging
import OrderingDomain

/// Takes an order a step on: accept, decline, withdraw, confirm completion.
struct DecideOrderHandler: Handler {
    func wants(_ input: DecideOrder, in rows: inout OrderRows) { rows.wantOrder(input.orderID) }

    func handle(_ input: DecideOrder, context: HandlingContext, rows: inout OrderRows, say: inout Said) throws {
        let actor = try rows.actor(context)
        let order = try rows.order(input.orderID)
        let deciding = try rows.deciding(order, at: context.now)
        let change = try rows.decide(context) { ledger throws in
            try deciding.take(input.decision.rawValue, on: order, by: actor, reason: input.reason, in: &ledger)
        }
        try rows.tell(change, &say)
    }
}
