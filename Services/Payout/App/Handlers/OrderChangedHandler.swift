import Foundation
import Kernel
import Messages
import Messaging
import PayoutDomain
import Programme
import ProgrammeStore

/// Records that ordering's ledger has posted a redemption. Nothing is paid before that, because the amount must be reserved in a cap.
struct OrderChangedHandler: Handler {
    func requestRows(for input: OrderChanged, in rows: inout PayoutRows) {
        if input.step == "settle" { rows.requestPrerequisites(of: input.order.orderID) }
    }

    func handle(_ input: OrderChanged, context: HandlingContext, rows: inout PayoutRows, output: inout HandlerOutput) throws {
        guard input.step == "settle", let settled = input.reason.flatMap({ StepReference($0) }) else { return }
        let order = input.order
        let programme = try rows.programmes.version(order.programmeID, order.programmeVersion, ifUnknown: .wait)
        guard programme.posts(settled) else { return }
        rows.prerequisites[order.orderID].posted = Opening.OrderFacts(
            programmeID: order.programmeID, programmeVersion: order.programmeVersion, institutionID: order.institutionID,
            institutionName: order.institutionName)
        try rows.openDisbursement(of: order.orderID, at: context.now, &output)
    }
}

extension Programme {
    /// Whether a step or deadline of another procedure posts the reservation in the ledger.
    fileprivate func posts(_ reference: StepReference) -> Bool {
        let effects = step(reference)?.ledger ?? deadline(reference)?.lapse.ledger ?? []
        return effects.contains { $0.kind == .post || $0.kind == .postWhole }
    }
}

extension PayoutRows {
    /// Requests an order's prerequisites and its disbursement. The disbursement is requested by order, because its id depends on the
    /// programme, which is not loaded yet.
    mutating func requestPrerequisites(of order: UUID) {
        prerequisites.requested.insert(order)
        disbursements.requestedOrders.insert(order)
    }

    /// Opens an order's disbursement once all prerequisites are met, and at most once.
    mutating func openDisbursement(of order: UUID, at now: Date, _ output: inout HandlerOutput) throws {
        let known = prerequisites[order]
        guard let facts = known.posted, known.amountFen != nil, !disbursements.loaded.contains(where: { $0.orderID == order })
        else { return }
        let programme = try programmes.version(facts.programmeID, facts.programmeVersion, ifUnknown: .wait)
        guard let (disbursement, step) = known.disbursement(in: programme, at: now) else { return }
        try emit(disbursement, before: nil, step: step.id, at: now, &output)
    }
}
