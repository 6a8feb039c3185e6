import Access
import CatalogueDomain
import Kernel
import Messages
import Messaging
import Programme
import ProgrammeStore

/// Changes a listed product: its number of vouchers, or whether it can be ordered.
struct ChangeProductHandler: JudgesSender {
    func mayAct(_ input: ChangeProduct, as principal: Principal) throws(Refusal) {
        try ProgrammeRows.mustTake(input.change.rawValue, by: principal.roles)
    }

    func wants(_ input: ChangeProduct, in rows: inout CatalogueRows) { rows.want(product: input.productID) }

    func handle(_ input: ChangeProduct, context: HandlingContext, rows: inout CatalogueRows, say: inout Said) throws {
        let caller = try sender(of: input, context, in: rows)
        let product = try rows.product(input.productID)
        let actor = try rows.access.judged(caller, in: product.institution.programmeID)
        let programme = try rows.programmes.inForce(product.institution.programmeID, at: context.now)
        let changed = try product.changed(by: input, roles: actor.roles, programme: programme, Circumstances(now: context.now))
        rows.set(changed)
        try say.publish(changed.event, key: changed.id.lowercased)
        try say.answer(changed.event)
        try say.audit(DecidedUnder(programme))
        try rows.acted(actor, as: programme.roles(procedure: Product.procedure, command: input.change.rawValue), in: programme, &say)
    }
}
