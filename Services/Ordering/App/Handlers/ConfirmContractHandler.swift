import Access
import Kernel
import Messages
import Messaging
import OrderingDomain
import ProgrammeStore

/// Lets a contract take more voucher than was ordered, because the enterprise says so.
struct ConfirmContractHandler: JudgesSender {
    func mayAct(_ input: ConfirmContract, as principal: Principal) throws(Refusal) {
        try ProgrammeRows.mustTake("confirm-contract", by: principal.roles)
    }

    func wants(_ input: ConfirmContract, in rows: inout OrderRows) { rows.wantOrder(input.orderID) }

    func handle(_ input: ConfirmContract, context: HandlingContext, rows: inout OrderRows, say: inout Said) throws {
        let caller = try sender(of: input, context, in: rows)
        let order = try rows.order(input.orderID)
        let actor = try rows.actor(caller, in: order.programmeID)
        let deciding = try rows.deciding(order, at: context.now)
        let change = try rows.decide(context) { ledger throws in
            try deciding.confirm(input.voucherFen, on: order, by: actor, in: &ledger)
        }
        try rows.tell(change, &say)
        try rows.acted(actor, giving: "confirm-contract", in: deciding.programme, &say)
    }
}
