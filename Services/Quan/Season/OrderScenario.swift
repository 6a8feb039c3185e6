public import Kernel

/// The planned course of an order, provided that every step succeeds.
public struct OrderScenario: Sendable, Hashable {
    /// The institution's decision on the order, or the enterprise's cancellation before it.
    public enum Decision: String, Sendable, Hashable, CaseIterable { case accept, decline, cancel, none }
    /// The defect of the papers in the first submission; the second submission is correct.
    public enum Defect: String, Sendable, Hashable, CaseIterable {
        case otherProduct, signedBeforeOrder, priceOutsideGuide, amountsDoNotAddUp
        case paidTooLittle, receiptBeforeContract, invoiceBeforeContract, invoiceDiffers, tableDiffers, partiesDiffer

        /// Whether the defect is in the contract, so that ordering refuses it.
        public var isOfContract: Bool {
            switch self {
            case .otherProduct, .signedBeforeOrder, .priceOutsideGuide, .amountsDoNotAddUp: true
            default: false
            }
        }
    }
    /// The contract's price compared with the ordered price.
    public enum Price: String, Sendable, Hashable, CaseIterable { case same, lower, higher }
    /// Whether and when the institution applies for redemption.
    public enum Claim: String, Sendable, Hashable, CaseIterable { case apply, waive, none, late }
    /// The result of the review by the agency and the bureau.
    public enum Review: String, Sendable, Hashable, CaseIterable { case full, lower, returned, rejected }
    /// The objection during the public notice, and its result.
    public enum Objection: String, Sendable, Hashable, CaseIterable { case none, answered, upheld }

    /// The order's number in the plan, from 0.
    public let number: Int
    /// The index of the enterprise in the season's list.
    public let enterprise: Int
    /// The index of the product in the season's list.
    public let product: Int
    /// The day the order is placed.
    public let day: CalendarDate
    /// The agreed price.
    public let price: Fen
    /// The institution's decision.
    public let decision: Decision
    /// Days from the order to the decision.
    public let decisionAfterDays: Int
    /// Days from acceptance to the contract; nil if no contract is signed.
    public let contractAfterDays: Int?
    /// The contract's price compared with `price`.
    public let contractPrice: Price
    /// The defect of the first submission; nil if there is none.
    public let defect: Defect?
    /// The rating in stars; nil if completion is not confirmed.
    public let stars: Int?
    /// Whether and when redemption is applied for.
    public let claim: Claim
    /// Days from the contract to the application or waiver.
    public let claimAfterDays: Int
    /// The result of the review.
    public let review: Review
    /// The objection and its result.
    public let objection: Objection
    /// Whether the institution reports a refund after the payment.
    public let isRefunded: Bool
}

/// Concurrent orders for the last vouchers of one product. The orders are equal, so that the totals do not depend on which of them succeed.
public struct RaceScenario: Sendable, Hashable {
    /// The index of the product in the season's list; it is ordered in this race only.
    public let product: Int
    /// The day of the race.
    public let day: CalendarDate
    /// The indices of the enterprises.
    public let enterprises: [Int]
    /// The total price of each order.
    public let price: Fen
}

extension OrderScenario {
    /// An order of a race; all orders of a race are equal apart from enterprise and number.
    public init(racing race: RaceScenario, enterprise: Int, number: Int) {
        self.init(
            number: number, enterprise: enterprise, product: race.product, day: race.day, price: race.price, decision: .accept,
            decisionAfterDays: 1, contractAfterDays: 2, contractPrice: .same, defect: nil, stars: 5, claim: .apply, claimAfterDays: 3,
            review: .full, objection: .none, isRefunded: false)
    }
}
