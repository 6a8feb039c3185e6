import Access
import Kernel
import Messages
import Messaging
import OrderingDomain
import ProgrammeStore

/// Applies a decision to an order: accept, decline, cancel, confirm completion.
struct DecideOrderHandler: AuthorisesSender {
    func authorise(_ input: DecideOrder, as principal: Principal) throws(Refusal) {
        try ProgrammeRows.requirePermission(input.decision.rawValue, by: principal.roles)
    }

    func requestRows(for input: DecideOrder, in rows: inout OrderRows) { rows.requestOrder(input.orderID) }

    func handle(_ input: DecideOrder, context: HandlingContext, rows: inout OrderRows, output: inout HandlerOutput) throws {
        let caller = try sender(of: input, context, in: rows)
        let order = try rows.order(input.orderID)
        let actor = try rows.actor(caller, in: order.programmeID)
        let deciding = try rows.deciding(order, at: context.now)
        let change = try rows.decide(context) { ledger throws in
            try deciding.take(input.decision.rawValue, on: order, by: actor, reason: input.reason, in: &ledger)
        }
        try rows.emit(change, &output)
        try rows.recordAction(actor, giving: input.decision.rawValue, in: deciding.programme, &output)
    }
}
