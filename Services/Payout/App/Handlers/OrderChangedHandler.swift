import Foundation
import Kernel
import Messages
import Messaging
import PayoutDomain
import Programme
import ProgrammeStore

/// Notes when ordering's ledger has posted a redemption: nothing is paid that no cap holds.
struct OrderChangedHandler: Handler {
    func wants(_ input: OrderChanged, in rows: inout PayoutRows) {
        if input.step == "settle" { rows.wantOpening(of: input.order.orderID) }
    }

    func handle(_ input: OrderChanged, context: HandlingContext, rows: inout PayoutRows, say: inout Said) throws {
        guard input.step == "settle", let settled = input.reason.flatMap({ StepReference($0) }) else { return }
        let order = input.order
        let programme = try rows.programmes.version(order.programmeID, order.programmeVersion, ifUnknown: .wait)
        guard programme.posts(settled) else { return }
        rows.openings[order.orderID].posted = Opening.OrderFacts(
            programmeID: order.programmeID, programmeVersion: order.programmeVersion, institutionID: order.institutionID,
            institutionName: order.institutionName)
        try rows.open(order.orderID, at: context.now, &say)
    }
}

extension Programme {
    /// Whether a step or deadline of another procedure makes the ledger post what was reserved.
    fileprivate func posts(_ reference: StepReference) -> Bool {
        let effects = step(reference)?.ledger ?? deadline(reference)?.lapse.ledger ?? []
        return effects.contains { $0.kind == .post || $0.kind == .postWhole }
    }
}

extension PayoutRows {
    /// Wants what is known of an order, and the disbursements it may have. Their id is known only with the programme, so all programmes' are
    /// wanted by the order.
    mutating func wantOpening(of order: UUID) {
        openings.wanted.insert(order)
        disbursements.wantedOrders.insert(order)
    }

    /// Opens an order's disbursement when it has come due; once for life.
    mutating func open(_ order: UUID, at now: Date, _ say: inout Said) throws {
        let opening = openings[order]
        guard let facts = opening.posted, opening.amountFen != nil, !disbursements.loaded.contains(where: { $0.orderID == order })
        else { return }
        let programme = try programmes.version(facts.programmeID, facts.programmeVersion, ifUnknown: .wait)
        guard let (disbursement, step) = opening.disbursement(in: programme, at: now) else { return }
        try keep(disbursement, before: nil, step: step.id, at: now, &say)
    }
}
