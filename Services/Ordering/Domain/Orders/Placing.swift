public import Foundation
public import Kernel
public import Messages
import Programme
public import QuotaLedger

extension Deciding {
    /// What is known of those an order is about.
    public struct Subjects: Sendable {
        /// The enterprise.
        public let enterprise: EnterpriseCopy
        /// The product.
        public let product: ProductCopy
        /// The institution that offers it.
        public let institution: InstitutionCopy
        /// The day of the enterprise's first order for the product; nil where this is the first.
        public let firstPlacedOn: CalendarDate?

        /// Those an order is about.
        public init(enterprise: EnterpriseCopy, product: ProductCopy, institution: InstitutionCopy, firstPlacedOn: CalendarDate?) {
            (self.enterprise, self.product, self.institution, self.firstPlacedOn) = (enterprise, product, institution, firstPlacedOn)
        }
    }

    /// Places an order: every cap holds it at once, or it is refused by the first clause that speaks against it and nothing is held.
    public func place(
        _ command: PlaceOrder, id: UUID, of subjects: Subjects, by actor: Actor, in ledger: inout Ledger
    ) throws(Refusal) -> OrderChange {
        let others = ["registration": subjects.enterprise.state, "product": subjects.product.state]
        let step = try programme.step(
            procedure: Self.procedure, command: "place-order", state: Procedure.start, roles: actor.roles, otherStates: others)
        try actor.mustBeParty(enterprise: command.enterpriseID, institution: subjects.product.institutionID, to: step)
        try Self.check(command.contact, "contact", atMost: 100)
        for refusal in programme.refusals(before: step, otherStates: others, circumstances) { throw refusal }
        let order = try order(command, id: id, of: subjects, step: step, by: actor)
        try Self.mustBeTwo(order.enterprise, order.institution)
        let reference = StepReference(Self.procedure, step.id)
        for refusal in programme.refusals(at: reference, facts(order, subjects), circumstances) { throw refusal }
        if let refusal = programme.refusal(expecting: order.voucher, upperGuidePrice: order.product.guideHigh) { throw refusal }
        try apply(step.ledger, at: reference, of: order, fen: order.voucher, to: &ledger)
        return change(from: nil, to: order, step: step.id, clauses: step.citation.clauses)
    }

    private func order(
        _ command: PlaceOrder, id: UUID, of subjects: Subjects, step: Step, by actor: Actor
    ) throws(Refusal) -> Order {
        guard let tier = subjects.enterprise.tier, let state = step.to else {
            throw step.citation.clauses.reduce(PlatformRule.stateDoesNotAllow.refusal()) { $0.under($1) }
                .comparing("registrationState", subjects.enterprise.state, .code)
        }
        let product = subjects.product
        let today = try today()
        var progress = Progress()
        progress.taken[step.id] = now
        progress.takenBy[step.id] = actor.person
        return Order(
            id: id, programmeID: programme.id, programmeVersion: programme.version, city: programme.city,
            enterprise: Order.Party(
                id: subjects.enterprise.id, name: subjects.enterprise.name, creditCode: subjects.enterprise.creditCode), tier: tier,
            institution: Order.Party(
                id: subjects.institution.id, name: subjects.institution.name, creditCode: subjects.institution.creditCode),
            product: Order.Product(
                id: product.id, name: product.name, category: product.category, service: product.service, guideLow: product.guideLow,
                guideHigh: product.guideHigh),
            contact: command.contact, placedAt: now, firstPlacedOn: min(subjects.firstPlacedOn ?? today, today),
            voucher: command.voucherFen, state: state, progress: progress)
    }

    private func facts(_ order: Order, _ subjects: Subjects) -> Facts {
        var facts = order.facts
        facts[FieldName("product", "state")] = .text(subjects.institution.isAdmitted ? subjects.product.state : "suspended")
        facts[FieldName("enterprise", "creditCode")] = .text(subjects.enterprise.creditCode)
        facts[FieldName("enterprise", "sizeClass")] = .text(subjects.enterprise.sizeClass)
        return facts
    }
}
