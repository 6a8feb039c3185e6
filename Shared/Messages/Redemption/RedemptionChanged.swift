public import Foundation
public import Kernel

/// A redemption as it stands after a step. Keyed by the order's id, which is the redemption's too.
///
/// Nothing is paid before `RedemptionSnapshot.payableFen` is set: state `approved` says that the decision is final, the step `settle` that comes
/// after it says that the ledger has posted it.
public struct RedemptionChanged: Event, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("redemption", "redemption-changed")

    /// The redemption.
    public let redemption: RedemptionSnapshot
    /// The step or deadline of the programme's procedure `redemption` that was taken: `open`, `apply`, `notice`; or `settle`, when the ledger
    /// has done what the final decision asks; or `order`, where only the order's facts changed.
    public let step: String
    /// The state before; nil for a new redemption.
    public let from: String?
    /// The reason given, where one was.
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

/// All that other services may know of a redemption.
public struct RedemptionSnapshot: Codable, Sendable, Hashable {
    /// The order; an order has one redemption.
    public let orderID: UUID
    /// The order's number, for people and papers.
    public let orderNumber: String
    /// The programme the order was placed under.
    public let programmeID: String
    /// Its version.
    public let programmeVersion: Int
    /// The institution, which is paid.
    public let institutionID: UUID
    /// Its name when the order was placed.
    public let institutionName: String
    /// The enterprise.
    public let enterpriseID: UUID
    /// Its name when the order was placed.
    public let enterpriseName: String
    /// The product.
    public let productID: UUID
    /// Its name when the order was placed.
    public let productName: String
    /// Its state, by the names of the programme's procedure `redemption`.
    public let state: String
    /// What the order holds.
    public let reservedFen: Fen
    /// When it was first applied for; nil before.
    public let appliedAt: Date?
    /// The papers as handed in last.
    public let papers: [RedemptionPaper]
    /// What they say; nil before the application.
    public let facts: RedemptionFacts?
    /// What a reviewer should look at; nothing for most.
    public let flags: [RedemptionFlag]
    /// How the subsidy comes about, step by step; empty before the application.
    public let calculation: [CalculationStep]
    /// What the calculation comes to: the most that may be determined; nil before the application.
    public let calculatedFen: Fen?
    /// What the review agency determined, and the bureau decides on; nil before.
    public let amountFen: Fen?
    /// What may be paid: set once the ledger has posted the final decision, and never changed again.
    public let payableFen: Fen?
    /// The first and last day of the public notice; nil before it.
    public let notice: NoticeDays?
    /// When the running deadline of its state ends; nil where none runs or the calendar is not published yet.
    public let dueAt: Date?

    /// A redemption as it stands.
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
