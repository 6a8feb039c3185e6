import Access
import CatalogueDomain
import Kernel
import Messages
import Messaging
import Programme
import ProgrammeStore
import StrictJSON

/// Changes the number of vouchers or the state of a listed product.
struct ChangeProductHandler: AuthorisesSender {
    func authorise(_ input: ChangeProduct, as principal: Principal) throws(Refusal) {
        try ProgrammeRows.requirePermission(input.change.rawValue, by: principal.roles)
    }

    func requestRows(for input: ChangeProduct, in rows: inout CatalogueRows) { rows.request(product: input.productID) }

    func handle(_ input: ChangeProduct, context: HandlingContext, rows: inout CatalogueRows, output: inout HandlerOutput) throws {
        let caller = try sender(of: input, context, in: rows)
        let product = try rows.product(input.productID)
        let actor = try rows.access.effectivePrincipal(caller, in: product.institution.programmeID)
        let programme = try rows.programmes.inForce(product.institution.programmeID, at: context.now)
        let changed = try product.changed(by: input, roles: actor.roles, programme: programme, Circumstances(now: context.now))
        rows.set(changed)
        try output.publish(changed.event, key: changed.id.lowercased)
        try output.answer(changed.event)
        try output.audit(DecisionAudit(programme))
        try rows.acted(actor, as: programme.roles(procedure: Product.procedure, command: input.change.rawValue), in: programme, &output)
    }
}
