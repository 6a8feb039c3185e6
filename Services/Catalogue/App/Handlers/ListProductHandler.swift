import Access
import CatalogueDomain
import Kernel
import Messages
import Messaging
import Programme
import ProgrammeStore
import StrictJSON

/// Lists a product with a number of vouchers.
struct ListProductHandler: AuthorisesSender {
    /// The answer to the officer.
    typealias Answer = ProductChanged

    func authorise(_ input: ListProduct, as principal: Principal) throws(Refusal) {
        try ProgrammeRows.requirePermission(ProductListing.command, in: input.programmeID, by: principal.roles)
    }

    func requestRows(for input: ListProduct, in rows: inout CatalogueRows) { rows.request(input.institution) }

    func handle(_ input: ListProduct, context: HandlingContext, rows: inout CatalogueRows, output: inout HandlerOutput) throws {
        let actor = try rows.access.effectivePrincipal(try sender(of: input, context, in: rows), in: input.programmeID)
        let programme = try rows.programmes.inForce(input.programmeID, at: context.now)
        let product = try ProductListing.list(
            input, id: context.envelope.id, roles: actor.roles, institution: try rows.institution(input.institution),
            programme: programme, Circumstances(now: context.now))
        rows.set(product)
        try output.publish(product.event, key: product.id.lowercased)
        try output.answer(product.event)
        try output.audit(DecisionAudit(programme))
        try rows.acted(actor, as: programme.roles(procedure: Product.procedure, command: ProductListing.command), in: programme, &output)
    }
}

extension ListProduct {
    fileprivate var institution: Institution.ID { Institution.ID(programmeID: programmeID, institutionID: institutionID) }
}
