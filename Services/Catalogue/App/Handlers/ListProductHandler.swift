import Access
import CatalogueDomain
import Kernel
import Messages
import Messaging
import Programme
import ProgrammeStore

/// Lists a product with a number of vouchers.
struct ListProductHandler: JudgesSender {
    /// What the officer is told.
    typealias Answer = ProductChanged

    func mayAct(_ input: ListProduct, as principal: Principal) throws(Refusal) {
        try ProgrammeRows.mustTake(ProductListing.command, in: input.programmeID, by: principal.roles)
    }

    func wants(_ input: ListProduct, in rows: inout CatalogueRows) { rows.want(input.institution) }

    func handle(_ input: ListProduct, context: HandlingContext, rows: inout CatalogueRows, say: inout Said) throws {
        let actor = try rows.access.judged(try sender(of: input, context, in: rows), in: input.programmeID)
        let programme = try rows.programmes.inForce(input.programmeID, at: context.now)
        let product = try ProductListing.list(
            input, id: context.envelope.id, roles: actor.roles, institution: try rows.institution(input.institution),
            programme: programme, Circumstances(now: context.now))
        rows.set(product)
        try say.publish(product.event, key: product.id.lowercased)
        try say.answer(product.event)
        try say.audit(DecidedUnder(programme))
        try rows.acted(actor, as: programme.roles(procedure: Product.procedure, command: ProductListing.command), in: programme, &say)
    }
}

extension ListProduct {
    /// Whose product.
    fileprivate var institution: Institution.ID { Institution.ID(programmeID: programmeID, institutionID: institutionID) }
}
