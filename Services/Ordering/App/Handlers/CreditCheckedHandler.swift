import Kernel
import Messages
import Messaging
import OrderingDomain

/// Confirms an order after its credit check, or refuses it and releases its reservations.
struct CreditCheckedHandler: Handler {
    func requestRows(for input: CreditChecked, in rows: inout OrderRows) { rows.requestOrder(input.orderID) }

    func handle(_ input: CreditChecked, context: HandlingContext, rows: inout OrderRows, output: inout HandlerOutput) throws {
        try context.requireSource("identity")
        let order = try rows.order(input.orderID)
        let deciding = try rows.deciding(order, at: context.now)
        let command = input.refusals.isEmpty ? Deciding.confirmCredit : Deciding.refuseCredit
        let reason = input.refusals.isEmpty ? nil : input.refusals.map(\.slug).joined(separator: ", ").prefix(500)
        let change = try rows.decide(context) { ledger throws in
            try deciding.take(command, on: order, by: .platform, reason: reason.map { String($0) }, in: &ledger)
        }
        try rows.emit(change, &output)
    }
}
