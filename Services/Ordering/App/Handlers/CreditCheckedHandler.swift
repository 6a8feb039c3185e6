import Kernel
import Messages
import Messaging
import OrderingDomain

/// Lets an order on whose credit check has come back, or refuses it and gives back what it held.
struct CreditCheckedHandler: Handler {
    func wants(_ input: CreditChecked, in rows: inout OrderRows) { rows.wantOrder(input.orderID) }

    func handle(_ input: CreditChecked, context: HandlingContext, rows: inout OrderRows, say: inout Said) throws {
        try context.mustComeFrom("identity")
        let order = try rows.order(input.orderID)
        let deciding = try rows.deciding(order, at: context.now)
        let command = input.refusals.isEmpty ? Deciding.confirmCredit : Deciding.refuseCredit
        let reason = input.refusals.isEmpty ? nil : input.refusals.map(\.slug).joined(separator: ", ").prefix(500)
        let change = try rows.decide(context) { ledger throws in
            try deciding.take(command, on: order, by: .platform, reason: reason.map { String($0) }, in: &ledger)
        }
        try rows.tell(change, &say)
    }
}
