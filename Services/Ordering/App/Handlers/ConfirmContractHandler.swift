import Kernel
import Messages
import Messaging
import OrderingDomain

/// Lets a contract take more voucher than was ordered, because the enterprise says so.
struct ConfirmContractHandler: Handler {
    func wants(_ input: ConfirmContract, in rows: inout OrderRows) { rows.wantOrder(input.orderID) }

    func handle(_ input: ConfirmContract, context: HandlingContext, rows: inout OrderRows, say: inout Said) throws {
        let actor = try rows.actor(context)
        let order = try rows.order(input.orderID)
        let deciding = try rows.deciding(order, at: context.now)
        let change = try rows.decide(context) { ledger throws in
            try deciding.confirm(input.voucherFen, on: order, by: actor, in: &ledger)
        }
        try rows.tell(change, &say)
    }
}
