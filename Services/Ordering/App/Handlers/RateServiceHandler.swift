import Access
import Kernel
import Messages
import Messaging
import OrderingDomain
import ProgrammeStore

/// Records the enterprise's rating of the service.
struct RateServiceHandler: AuthorisesSender {
    func authorise(_ input: RateService, as principal: Principal) throws(Refusal) {
        try ProgrammeRows.requirePermission("rate-service", by: principal.roles)
    }

    func requestRows(for input: RateService, in rows: inout OrderRows) { rows.requestOrder(input.orderID) }

    func handle(_ input: RateService, context: HandlingContext, rows: inout OrderRows, output: inout HandlerOutput) throws {
        let caller = try sender(of: input, context, in: rows)
        let order = try rows.order(input.orderID)
        let actor = try rows.actor(caller, in: order.programmeID)
        let deciding = try rows.deciding(order, at: context.now)
        let change = try rows.decide(context) { ledger throws in
            try deciding.rate(stars: input.stars, comment: input.comment, on: order, by: actor, in: &ledger)
        }
        try rows.emit(change, &output)
        try rows.recordAction(actor, giving: "rate-service", in: deciding.programme, &output)
    }
}
