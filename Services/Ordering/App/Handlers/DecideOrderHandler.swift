import Access
import Kernel
import Messages
import Messaging
import OrderingDomain
import ProgrammeStore

/// Takes an order a step on: accept, decline, withdraw, confirm completion.
struct DecideOrderHandler: JudgesSender {
    func mayAct(_ input: DecideOrder, as principal: Principal) throws(Refusal) {
        try ProgrammeRows.mustTake(input.decision.rawValue, by: principal.roles)
    }

    func wants(_ input: DecideOrder, in rows: inout OrderRows) { rows.wantOrder(input.orderID) }

    func handle(_ input: DecideOrder, context: HandlingContext, rows: inout OrderRows, say: inout Said) throws {
        let caller = try sender(of: input, context, in: rows)
        let order = try rows.order(input.orderID)
        let actor = try rows.actor(caller, in: order.programmeID)
        let deciding = try rows.deciding(order, at: context.now)
        let change = try rows.decide(context) { ledger throws in
            try deciding.take(input.decision.rawValue, on: order, by: actor, reason: input.reason, in: &ledger)
        }
        try rows.tell(change, &say)
        try rows.acted(actor, giving: input.decision.rawValue, in: deciding.programme, &say)
    }
}
