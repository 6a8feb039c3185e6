public import Kernel

/// What is to become of an order, should every step succeed.
public struct OrderPlot: Sendable, Hashable {
    /// What the institution does with it, or the enterprise before that.
    public enum Decision: String, Sendable, Hashable, CaseIterable { case accept, decline, cancel, silence }
    /// What is wrong with papers that are handed in at first; the second try is sound.
    public enum Mishap: String, Sendable, Hashable, CaseIterable {
        case otherProduct, signedBeforeOrder, priceOutsideGuide, amountsDoNotAddUp
        case paidTooLittle, receiptBeforeContract, invoiceBeforeContract, invoiceDiffers, tableDiffers, partiesDiffer

        /// Whether the contract itself is wrong, so that ordering refuses it already.
        public var isOfContract: Bool {
            switch self {
            case .otherProduct, .signedBeforeOrder, .priceOutsideGuide, .amountsDoNotAddUp: true
            default: false
            }
        }
    }
    /// How the contract's price compares with what was ordered.
    public enum Price: String, Sendable, Hashable, CaseIterable { case same, cheaper, dearer }
    /// Whether and how the institution asks for the money.
    public enum Claim: String, Sendable, Hashable, CaseIterable { case apply, waive, silence, late }
    /// What the review agency and the bureau make of it.
    public enum Review: String, Sendable, Hashable, CaseIterable { case full, lower, returned, rejected }
    /// What the public says during the notice.
    public enum Objection: String, Sendable, Hashable, CaseIterable { case none, answered, upheld }

    /// Its number in the plan, from 0.
    public let number: Int
    /// The place of the enterprise in the season's list.
    public let enterprise: Int
    /// The place of the product in the season's list.
    public let product: Int
    /// The day it is placed.
    public let day: CalendarDate
    /// The price agreed on.
    public let price: Fen
    /// What the institution does.
    public let decision: Decision
    /// Days from the order to that.
    public let decisionAfterDays: Int
    /// Days from acceptance to the contract; nil where none is signed.
    public let contractAfterDays: Int?
    /// How the contract's price compares.
    public let contractPrice: Price
    /// What is wrong at first.
    public let mishap: Mishap?
    /// Stars, where completion is confirmed and the service rated.
    public let stars: Int?
    /// Whether and how the money is asked for.
    public let claim: Claim
    /// Days from the contract to that.
    public let claimAfterDays: Int
    /// What is made of it.
    public let review: Review
    /// What the public says.
    public let objection: Objection
    /// Whether the institution reports a refund after it was paid.
    public let isRefunded: Bool
}

/// Many want the last vouchers of one product at once. Their orders are alike, so that it does not matter for any total who wins.
public struct RacePlot: Sendable, Hashable {
    /// The place of the product in the season's list; nobody else orders it.
    public let product: Int
    /// The day.
    public let day: CalendarDate
    /// The places of the enterprises.
    public let enterprises: [Int]
    /// What each offers to pay in all.
    public let price: Fen
}

extension OrderPlot {
    /// An order of a race: like every other of that race.
    public init(racing race: RacePlot, enterprise: Int, number: Int) {
        self.init(
            number: number, enterprise: enterprise, product: race.product, day: race.day, price: race.price, decision: .accept,
            decisionAfterDays: 1, contractAfterDays: 2, contractPrice: .same, mishap: nil, stars: 5, claim: .apply, claimAfterDays: 3,
            review: .full, objection: .none, isRefunded: false)
    }
}
