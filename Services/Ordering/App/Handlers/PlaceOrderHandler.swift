import Access
import Foundation
import Kernel
import Messages
import Messaging
import OrderingDomain
import Programme
import ProgrammeStore

/// Places an order: all its caps reserve the amount, or the order is refused under the clause of the cap.
struct PlaceOrderHandler: AuthorisesSender {
    func authorise(_ input: PlaceOrder, as principal: Principal) throws(Refusal) {
        try ProgrammeRows.requirePermission("place-order", by: principal.roles)
        guard principal.organisation == input.enterpriseID else { throw PlatformRule.notPermitted.refusal() }
    }

    func requestRows(for input: PlaceOrder, in rows: inout OrderRows) {
        rows.requestPlace(input.enterpriseID, input.productID)
        rows.requestAppliedVersions(input)
    }

    func handle(_ input: PlaceOrder, context: HandlingContext, rows: inout OrderRows, output: inout HandlerOutput) throws {
        let caller = try sender(of: input, context, in: rows)
        try rows.requireApplied(input)
        guard let product = rows.products[input.productID] else { throw OrderRows.unknown("product", input.productID) }
        let actor = try rows.actor(caller, in: product.programmeID)
        let programme = try rows.programmes.inForce(product.programmeID, at: context.now, ifUnknown: .wait)
        let subjects = try subjects(input, product, rows)
        let deciding = Deciding(programme: programme, circumstances: Circumstances(now: context.now))
        let change = try rows.decide(context) { ledger throws in
            try deciding.place(input, id: context.envelope.id, of: subjects, by: actor, in: &ledger)
        }
        try rows.emit(change, &output) { audit in
            audit.enterpriseCheckedAt = subjects.enterprise.checkedAt
            audit.productCheckedAt = product.checkedAt
        }
        try rows.recordAction(actor, giving: "place-order", in: programme, &output)
    }

    private func subjects(_ input: PlaceOrder, _ product: ProductCopy, _ rows: OrderRows) throws -> Deciding.Subjects {
        guard let enterprise = rows.enterprises[OrderRows.ProgrammeKey(id: input.enterpriseID, programmeID: product.programmeID)] else {
            throw OrderRows.unknown("enterprise", input.enterpriseID)
        }
        let offering = OrderRows.ProgrammeKey(id: product.institutionID, programmeID: product.programmeID)
        guard let institution = rows.institutions[offering] else { throw InstitutionNotArrived(id: product.institutionID) }
        return Deciding.Subjects(
            enterprise: enterprise, product: product, institution: institution,
            firstPlacedOn: rows.firstPlaced[OrderRows.Pair(enterprise: input.enterpriseID, product: input.productID)])
    }
}
