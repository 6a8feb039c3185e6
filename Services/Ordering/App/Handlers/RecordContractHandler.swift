import Kernel
import Messages
import Messaging
import OrderingDomain

/// Takes down what the contract says, and makes what the order holds the contract's amount.
struct RecordContractHandler: Handler {
    func wants(_ input: RecordContract, in rows: inout OrderRows) { rows.wantOrder(input.orderID) }

    func handle(_ input: RecordContract, context: HandlingContext, rows: inout OrderRows, say: inout Said) throws {
        let actor = try rows.actor(context)
        let order = try rows.order(input.orderID)
        let deciding = try rows.deciding(order, at: context.now)
        let (change, subsidy) = try rows.decide(context) { ledger throws in
            try deciding.record(input.contract, on: order, by: actor, in: &ledger)
        }
        try rows.tell(change, &say) { $0.subsidy = subsidy }
    }
}
