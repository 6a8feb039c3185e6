import Kernel
import Messages
import Messaging
import OrderingDomain

/// Sets a contract aside, because the enterprise says that it is not what it signed.
struct DisputeContractHandler: Handler {
    func wants(_ input: DisputeContract, in rows: inout OrderRows) { rows.wantOrder(input.orderID) }

    func handle(_ input: DisputeContract, context: HandlingContext, rows: inout OrderRows, say: inout Said) throws {
        let actor = try rows.actor(context)
        let order = try rows.order(input.orderID)
        let deciding = try rows.deciding(order, at: context.now)
        let change = try rows.decide(context) { ledger throws in
            try deciding.dispute(reason: input.reason, on: order, by: actor, in: &ledger)
        }
        try rows.tell(change, &say)
    }
}
