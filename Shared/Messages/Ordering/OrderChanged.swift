public import Foundation
public import Kernel

/// The state of an order after a step. Keyed by the order's id.
public struct OrderChanged: Event, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("ordering", "order-changed")

    /// The order.
    public let order: OrderSnapshot
    /// The step or deadline of the programme's procedure `order` that was taken: `place`, `accept`, `decision`; or `settle`.
    public let step: String
    /// The state before; nil for a new order.
    public let from: String?
    /// The reason, if one was given.
    public let reason: String?
    /// When it was decided.
    public let at: Date

    /// A step of an order.
    public init(order: OrderSnapshot, step: String, from: String?, reason: String? = nil, at: Date) {
        self.order = order
        self.step = step
        self.from = from
        self.reason = reason
        self.at = at
    }
}

/// The state of an order that is published to other services.
public struct OrderSnapshot: Codable, Sendable, Hashable {
    /// The order.
    public let orderID: UUID
    /// The order number for people and papers.
    public let number: String
    /// The programme under which it was placed; it never changes.
    public let programmeID: String
    /// The programme's version.
    public let programmeVersion: Int
    /// The enterprise.
    public let enterpriseID: UUID
    /// The enterprise's name when the order was placed.
    public let enterpriseName: String
    /// The institution.
    public let institutionID: UUID
    /// The institution's name when the order was placed.
    public let institutionName: String
    /// The product.
    public let productID: UUID
    /// The product's name when the order was placed.
    public let productName: String
    /// The lower bound of the guide price when the order was placed.
    public let guideLowFen: Fen
    /// The upper bound of the guide price when the order was placed.
    public let guideHighFen: Fen
    /// The voucher amount: first as ordered, then as in the contract, up to what the enterprise has confirmed. The state tells whether it
    /// is still reserved.
    public let voucherFen: Fen
    /// When it was placed.
    public let placedAt: Date
    /// The day of the enterprise's first order for this product.
    public let firstPlacedOn: CalendarDate
    /// The state, by its name in the programme's procedure `order`.
    public let state: String
    /// When the state's current deadline ends; nil if there is none or the working-day calendar is not published that far.
    public let dueAt: Date?
    /// The contract; nil until it is recorded.
    public let contract: ContractFacts?
    /// The contract's voucher amount that awaits the enterprise's confirmation; nil if none does.
    public let pendingVoucherFen: Fen?
    /// Why the enterprise disputes the contract; nil if it does not. A disputed contract is not used until it is recorded again.
    @OptionalText<ReasonText> public private(set) var contractDispute: String?
    /// The rating in stars; nil until it is rated.
    public let stars: Int?

    /// The state of an order.
    public init(
        orderID: UUID, number: String, programmeID: String, programmeVersion: Int, enterpriseID: UUID, enterpriseName: String,
        institutionID: UUID, institutionName: String, productID: UUID, productName: String, guideLowFen: Fen, guideHighFen: Fen,
        voucherFen: Fen, placedAt: Date, firstPlacedOn: CalendarDate, state: String, dueAt: Date?, contract: ContractFacts? = nil,
        pendingVoucherFen: Fen? = nil, contractDispute: String? = nil, stars: Int? = nil
    ) {
        self.orderID = orderID
        self.number = number
        self.programmeID = programmeID
        self.programmeVersion = programmeVersion
        self.enterpriseID = enterpriseID
        self.enterpriseName = enterpriseName
        self.institutionID = institutionID
        self.institutionName = institutionName
        self.productID = productID
        self.productName = productName
        self.guideLowFen = guideLowFen
        self.guideHighFen = guideHighFen
        self.voucherFen = voucherFen
        self.placedAt = placedAt
        self.firstPlacedOn = firstPlacedOn
        self.state = state
        self.dueAt = dueAt
        self.contract = contract
        self.pendingVoucherFen = pendingVoucherFen
        self.contractDispute = contractDispute
        self.stars = stars
    }
}
