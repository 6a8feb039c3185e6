import Access
import Kernel
import Messages
import Messaging
import OrderingDomain
import ProgrammeStore

/// Disputes, for the enterprise, a contract that it did not sign as recorded (IN-53).
struct DisputeContractHandler: AuthorisesSender {
    func authorise(_ input: DisputeContract, as principal: Principal) throws(Refusal) {
        try ProgrammeRows.requirePermission("dispute-contract", by: principal.roles)
    }

    func requestRows(for input: DisputeContract, in rows: inout OrderRows) { rows.requestOrder(input.orderID) }

    func handle(_ input: DisputeContract, context: HandlingContext, rows: inout OrderRows, output: inout HandlerOutput) throws {
        let caller = try sender(of: input, context, in: rows)
        let order = try rows.order(input.orderID)
        let actor = try rows.actor(caller, in: order.programmeID)
        let deciding = try rows.deciding(order, at: context.now)
        let change = try rows.decide(context) { ledger throws in
            try deciding.dispute(reason: input.reason, on: order, by: actor, in: &ledger)
        }
        try rows.emit(change, &output)
        try rows.recordAction(actor, giving: "dispute-contract", in: deciding.programme, &output)
    }
}
