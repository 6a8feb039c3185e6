public import Foundation
import Kernel
public import Messages
public import Programme

/// One decision about a redemption, with all that follows from it.
public struct RedemptionChange: Sendable, Hashable {
    /// What becomes of a deadline's timer.
    public enum Timer: Sendable, Hashable {
        /// It is set.
        case schedule(rule: DeadlineRule, deadline: Deadline, name: String)
        /// It is no longer wanted.
        case cancel(name: String)
    }

    /// The redemption after it.
    public let redemption: Redemption
    /// The step or deadline, by the programme's name; or `settle`, or `order`.
    public let step: String
    /// The state before; nil for a new one.
    public let from: String?
    /// The reason given.
    public let reason: String?
    /// When it was decided.
    public let at: Date
    /// What becomes of its timers.
    public let timers: [Timer]
    /// What the ledger is asked to do; nil for nothing.
    public let settles: SettleOrder?
    /// When the running deadline ends.
    public let dueAt: Date?
    /// The clauses it was decided under.
    public let clauses: [String]

    /// The event that tells of it.
    public var event: RedemptionChanged {
        RedemptionChanged(redemption: redemption.snapshot(dueAt: dueAt), step: step, from: from, reason: reason, at: at)
    }
}

extension Redemption {
    /// All that other services may know of it.
    func snapshot(dueAt: Date?) -> RedemptionSnapshot {
        RedemptionSnapshot(
            orderID: order.orderID, orderNumber: order.number, programmeID: order.programmeID, programmeVersion: order.programmeVersion,
            institutionID: order.institutionID, institutionName: order.institutionName, enterpriseID: order.enterpriseID,
            enterpriseName: order.enterpriseName, productID: order.productID, productName: order.productName, state: state,
            reservedFen: order.voucherFen, appliedAt: progress.appliedAt, papers: (application?.papers ?? []) + waiverPapers,
            facts: application?.facts, flags: flags, calculation: application?.calculation ?? [],
            calculatedFen: application?.calculated, amountFen: amount, payableFen: payable, notice: progress.notice, dueAt: dueAt)
    }

    /// What a reviewer should look at: what the papers showed, and what there is to the contract's record.
    private var flags: [RedemptionFlag] { (application?.flags ?? []) + contractFlags }

    /// Whether the contract is disputed or no longer the one that the papers were checked against, or the order no longer holds what was
    /// determined.
    var isContractChanged: Bool {
        guard let application else { return false }
        return application.contract != order.contract || order.contractDispute != nil
            || (amount.map { $0 > order.voucherFen } ?? false)
    }
}
