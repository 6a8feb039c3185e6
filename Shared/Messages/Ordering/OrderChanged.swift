public import Foundation
public import Kernel

/// An order as it stands after a step. Keyed by the order's id.
public struct OrderChanged: Event, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("ordering", "order-changed")

    /// The order.
    public let order: OrderSnapshot
    /// The step or deadline of the programme's procedure `order` that was taken: `place`, `accept`, `decision`; or `settle`.
    public let step: String
    /// The state before; nil for a new order.
    public let from: String?
    /// The reason given, where one was.
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

/// All that other services may know of an order.
public struct OrderSnapshot: Codable, Sendable, Hashable {
    /// The order.
    public let orderID: UUID
    /// Its number, for people and papers.
    public let number: String
    /// The programme it was placed under, for its whole life.
    public let programmeID: String
    /// Its version.
    public let programmeVersion: Int
    /// The enterprise.
    public let enterpriseID: UUID
    /// Its name when the order was placed.
    public let enterpriseName: String
    /// The institution.
    public let institutionID: UUID
    /// Its name when the order was placed.
    public let institutionName: String
    /// The product.
    public let productID: UUID
    /// Its name when the order was placed.
    public let productName: String
    /// The guide price's lower end when the order was placed.
    public let guideLowFen: Fen
    /// The guide price's upper end when the order was placed.
    public let guideHighFen: Fen
    /// The voucher's amount: as ordered, then as the contract has it, as far as the enterprise has agreed to it. Whether it is still held
    /// follows from the state.
    public let voucherFen: Fen
    /// When it was placed.
    public let placedAt: Date
    /// The day of the enterprise's first order for this product.
    public let firstPlacedOn: CalendarDate
    /// Its state, by the names of the programme's procedure `order`.
    public let state: String
    /// When the running deadline of that state ends; nil where none runs or the calendar is not published yet.
    public let dueAt: Date?
    /// What the contract says, once it is recorded.
    public let contract: ContractFacts?
    /// What the contract takes by voucher and the enterprise has not confirmed yet; nil where nothing waits for it.
    public let pendingVoucherFen: Fen?
    /// Why the enterprise disputes the contract; nil where it does not. A disputed contract counts for nothing until it is recorded again.
    @OptionalText<ReasonText> public private(set) var contractDispute: String?
    /// The stars given, once it is rated.
    public let stars: Int?

    /// An order as it stands.
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
