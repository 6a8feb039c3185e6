import Access
import Foundation
import Kernel
import Messages
import Messaging
import OrderingDomain
import Programme
import ProgrammeStore

/// Places an order: all caps hold it at once, or the clause that refuses it is told.
struct PlaceOrderHandler: JudgesSender {
    func mayAct(_ input: PlaceOrder, as principal: Principal) throws(Refusal) {
        try ProgrammeRows.mustTake("place-order", by: principal.roles)
        guard principal.organisation == input.enterpriseID else { throw PlatformRule.notPermitted.refusal() }
    }

    func wants(_ input: PlaceOrder, in rows: inout OrderRows) {
        rows.wantPlace(input.enterpriseID, input.productID)
        rows.wantHeard(input)
    }

    func handle(_ input: PlaceOrder, context: HandlingContext, rows: inout OrderRows, say: inout Said) throws {
        let caller = try sender(of: input, context, in: rows)
        try rows.mustHaveHeard(input)
        guard let product = rows.products[input.productID] else { throw OrderRows.unknown("product", input.productID) }
        let actor = try rows.actor(caller, in: product.programmeID)
        let programme = try rows.programmes.inForce(product.programmeID, at: context.now, ifUnknown: .wait)
        let subjects = try subjects(input, product, rows)
        let deciding = Deciding(programme: programme, circumstances: Circumstances(now: context.now))
        let change = try rows.decide(context) { ledger throws in
            try deciding.place(input, id: context.envelope.id, of: subjects, by: actor, in: &ledger)
        }
        try rows.tell(change, &say) { audit in
            audit.enterpriseCheckedAt = subjects.enterprise.checkedAt
            audit.productCheckedAt = product.checkedAt
        }
        try rows.acted(actor, giving: "place-order", in: programme, &say)
    }

    private func subjects(_ input: PlaceOrder, _ product: ProductCopy, _ rows: OrderRows) throws -> Deciding.Subjects {
        guard let enterprise = rows.enterprises[OrderRows.Member(id: input.enterpriseID, programmeID: product.programmeID)] else {
            throw OrderRows.unknown("enterprise", input.enterpriseID)
        }
        let offering = OrderRows.Member(id: product.institutionID, programmeID: product.programmeID)
        guard let institution = rows.institutions[offering] else { throw InstitutionNotArrived(id: product.institutionID) }
        return Deciding.Subjects(
            enterprise: enterprise, product: product, institution: institution,
            firstPlacedOn: rows.firstPlaced[OrderRows.Pair(enterprise: input.enterpriseID, product: input.productID)])
    }
}
