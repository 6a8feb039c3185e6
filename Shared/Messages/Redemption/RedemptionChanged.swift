public import Foundation
public import Kernel

/// The state of a redemption after a step. Keyed by the order's id, which is also the redemption's id.
///
/// Nothing is paid before `RedemptionSnapshot.payableFen` is set: the state `approved` means that the decision is final, and the later step
/// `settle` means that the ledger has posted it.
public struct RedemptionChanged: Event, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("redemption", "redemption-changed")

    /// The redemption.
    public let redemption: RedemptionSnapshot
    /// The step or deadline of the programme's procedure `redemption` that was taken: `open`, `apply`, `notice`; or `settle`, when the
    /// ledger has applied the final decision; or `order`, if only the order's facts changed.
    public let step: String
    /// The state before; nil for a new redemption.
    public let from: String?
    /// The reason, if one was given.
    public let reason: String?
    /// When it was decided.
    public let at: Date

    /// A step of a redemption.
    public init(redemption: RedemptionSnapshot, step: String, from: String?, reason: String? = nil, at: Date) {
        self.redemption = redemption
        self.step = step
        self.from = from
        self.reason = reason
        self.at = at
    }
}

/// The state of a redemption that is published to other services.
public struct RedemptionSnapshot: Codable, Sendable, Hashable {
    /// The order; an order has one redemption.
    public let orderID: UUID
    /// The order number for people and papers.
    public let orderNumber: String
    /// The programme under which the order was placed.
    public let programmeID: String
    /// The programme's version.
    public let programmeVersion: Int
    /// The institution, which is paid.
    public let institutionID: UUID
    /// The institution's name when the order was placed.
    public let institutionName: String
    /// The enterprise.
    public let enterpriseID: UUID
    /// The enterprise's name when the order was placed.
    public let enterpriseName: String
    /// The product.
    public let productID: UUID
    /// The product's name when the order was placed.
    public let productName: String
    /// The state, by its name in the programme's procedure `redemption`.
    public let state: String
    /// The amount reserved by the order.
    public let reservedFen: Fen
    /// When the first application was made; nil before.
    public let appliedAt: Date?
    /// The papers as last submitted.
    public let papers: [RedemptionPaper]
    /// The facts stated in the papers; nil before the application.
    public let facts: RedemptionFacts?
    /// Flags for the reviewer; usually empty.
    public let flags: [RedemptionFlag]
    /// The calculation of the subsidy, step by step; empty before the application.
    public let calculation: [CalculationStep]
    /// The calculated amount, which is the maximum that may be determined; nil before the application.
    public let calculatedFen: Fen?
    /// The amount that the review agency determined and the bureau decides on; nil before.
    public let amountFen: Fen?
    /// The amount that may be paid: set once the ledger has posted the final decision, and never changed again.
    public let payableFen: Fen?
    /// The first and last day of the public notice; nil before it.
    public let notice: NoticeDays?
    /// When the state's current deadline ends; nil if there is none or the working-day calendar is not published that far.
    public let dueAt: Date?

    /// The state of a redemption.
    public init(
        orderID: UUID, orderNumber: String, programmeID: String, programmeVersion: Int, institutionID: UUID, institutionName: String,
        enterpriseID: UUID, enterpriseName: String, productID: UUID, productName: String, state: String, reservedFen: Fen,
        appliedAt: Date? = nil, papers: [RedemptionPaper] = [], facts: RedemptionFacts? = nil, flags: [RedemptionFlag] = [],
        calculation: [CalculationStep] = [], calculatedFen: Fen? = nil, amountFen: Fen? = nil, payableFen: Fen? = nil,
        notice: NoticeDays? = nil, dueAt: Date? = nil
    ) {
        self.orderID = orderID
        self.orderNumber = orderNumber
        self.programmeID = programmeID
        self.programmeVersion = programmeVersion
        self.institutionID = institutionID
        self.institutionName = institutionName
        self.enterpriseID = enterpriseID
        self.enterpriseName = enterpriseName
        self.productID = productID
        self.productName = productName
        self.state = state
        self.reservedFen = reservedFen
        self.appliedAt = appliedAt
        self.papers = papers
        self.facts = facts
        self.flags = flags
        self.calculation = calculation
        self.calculatedFen = calculatedFen
        self.amountFen = amountFen
        self.payableFen = payableFen
        self.notice = notice
        self.dueAt = dueAt
    }
}
