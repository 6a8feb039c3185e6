import Access
import Kernel
import Messages
import Messaging
import OrderingDomain
import ProgrammeStore

/// Confirms, for the enterprise, a contract with a higher voucher amount than ordered (IN-53).
struct ConfirmContractHandler: AuthorisesSender {
    func authorise(_ input: ConfirmContract, as principal: Principal) throws(Refusal) {
        try ProgrammeRows.requirePermission("confirm-contract", by: principal.roles)
    }

    func requestRows(for input: ConfirmContract, in rows: inout OrderRows) { rows.requestOrder(input.orderID) }

    func handle(_ input: ConfirmContract, context: HandlingContext, rows: inout OrderRows, output: inout HandlerOutput) throws {
        let caller = try sender(of: input, context, in: rows)
        let order = try rows.order(input.orderID)
        let actor = try rows.actor(caller, in: order.programmeID)
        let deciding = try rows.deciding(order, at: context.now)
        let change = try rows.decide(context) { ledger throws in
            try deciding.confirm(input.voucherFen, on: order, by: actor, in: &ledger)
        }
        try rows.emit(change, &output)
        try rows.recordAction(actor, giving: "confirm-contract", in: deciding.programme, &output)
    }
}
