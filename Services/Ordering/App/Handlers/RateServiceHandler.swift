import Access
import Kernel
import Messages
import Messaging
import OrderingDomain
import ProgrammeStore

/// Takes down how the enterprise rates the service.
struct RateServiceHandler: JudgesSender {
    func mayAct(_ input: RateService, as principal: Principal) throws(Refusal) {
        try ProgrammeRows.mustTake("rate-service", by: principal.roles)
    }

    func wants(_ input: RateService, in rows: inout OrderRows) { rows.wantOrder(input.orderID) }

    func handle(_ input: RateService, context: HandlingContext, rows: inout OrderRows, say: inout Said) throws {
        let caller = try sender(of: input, context, in: rows)
        let order = try rows.order(input.orderID)
        let actor = try rows.actor(caller, in: order.programmeID)
        let deciding = try rows.deciding(order, at: context.now)
        let change = try rows.decide(context) { ledger throws in
            try deciding.rate(stars: input.stars, comment: input.comment, on: order, by: actor, in: &ledger)
        }
        try rows.tell(change, &say)
        try rows.acted(actor, giving: "rate-service", in: deciding.programme, &say)
    }
}
