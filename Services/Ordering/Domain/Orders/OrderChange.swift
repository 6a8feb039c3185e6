public import Foundation
import Kernel
public import Messages
public import Programme

/// What a decision about an order has come to. The ledger's part stands in the ledger.
public struct OrderChange: Sendable {
    /// What becomes of a timer.
    public enum Timer: Sendable, Hashable {
        /// It is set, or moved.
        case schedule(DeadlineRule, Deadline)
        /// It is forgotten.
        case cancel(DeadlineRule)
    }

    /// The order afterwards.
    public let order: Order
    /// The step or deadline, by the programme's name; or `settle`.
    public let step: String
    /// The state before; nil for a new order.
    public let from: String?
    /// The reason given.
    public let reason: String?
    /// When it was decided.
    public let at: Date
    /// What becomes of its timers.
    public let timers: [Timer]
    /// When the running deadline ends, where that is known.
    public let dueAt: Date?
    /// Whether the order now waits for a credit check that it did not wait for before.
    public let asksCredit: Bool
    /// The clauses that the step comes from.
    public let clauses: [String]

    /// What others may know of it.
    public var event: OrderChanged {
        OrderChanged(order: snapshot, step: step, from: from, reason: reason, at: at)
    }

    private var snapshot: OrderSnapshot {
        OrderSnapshot(
            orderID: order.id, number: order.number, programmeID: order.programmeID, programmeVersion: order.programmeVersion,
            enterpriseID: order.enterprise.id, enterpriseName: order.enterprise.name, institutionID: order.institution.id,
            institutionName: order.institution.name, productID: order.product.id, productName: order.product.name,
            guideLowFen: order.product.guideLow, guideHighFen: order.product.guideHigh, voucherFen: order.voucher,
            placedAt: order.placedAt, firstPlacedOn: order.firstPlacedOn, state: order.state, dueAt: dueAt,
            contract: order.progress.contract, pendingVoucherFen: order.progress.pendingVoucher,
            contractDispute: order.progress.dispute, stars: order.progress.stars)
    }
}
