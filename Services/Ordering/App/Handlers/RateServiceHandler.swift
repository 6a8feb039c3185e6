import Kernel
import Messages
import Messaging
import OrderingDomain

/// Takes down how the enterprise rates the service.
struct RateServiceHandler: Handler {
    func wants(_ input: RateService, in rows: inout OrderRows) { rows.wantOrder(input.orderID) }

    func handle(_ input: RateService, context: HandlingContext, rows: inout OrderRows, say: inout Said) throws {
        let actor = try rows.actor(context)
        let order = try rows.order(input.orderID)
        let deciding = try rows.deciding(order, at: context.now)
        let change = try rows.decide(context) { ledger throws in
            try deciding.rate(stars: input.stars, comment: input.comment, on: order, by: actor, in: &ledger)
        }
        try rows.tell(change, &say)
    }
}
