public import Foundation
public import Kernel

/// Asks ordering to record the contract that the parties have signed offline. Sent by the institution.
public struct RecordContract: Command, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("ordering", "record-contract")

    /// The order.
    public let orderID: UUID
    /// The facts of the contract.
    public let contract: ContractFacts

    /// Records a contract.
    public init(orderID: UUID, contract: ContractFacts) {
        self.orderID = orderID
        self.contract = contract
    }
}

/// The facts of a contract that rules use.
public struct ContractFacts: Codable, Sendable, Hashable {
    /// The product's name in the contract.
    @Text<NameText> public private(set) var productName: String
    /// The contract's total amount, for its whole period.
    public let totalFen: Fen
    /// The price of one unit, in the unit of the product's guide price; nil if the total is the price of one unit, or of one year for a
    /// longer service.
    public let priceFen: Fen?
    /// The number of units, including the years of a yearly service; nil means 1. Price times quantity is the total.
    public let quantity: Int?
    /// The part paid by the voucher.
    public let voucherFen: Fen
    /// The part paid by the enterprise.
    public let selfPaidFen: Fen
    /// When it was signed.
    public let signedOn: CalendarDate
    /// The first day of the service.
    public let serviceFrom: CalendarDate
    /// The last day of the service; nil for a single delivery.
    public let serviceThrough: CalendarDate?
    /// Whether the contract states a single delivery; nil means that it does not.
    public let isSingleDelivery: Bool?

    /// The facts of a contract.
    public init(
        productName: String, totalFen: Fen, voucherFen: Fen, selfPaidFen: Fen, signedOn: CalendarDate, serviceFrom: CalendarDate,
        serviceThrough: CalendarDate? = nil, isSingleDelivery: Bool? = nil, priceFen: Fen? = nil, quantity: Int? = nil
    ) {
        self.productName = productName
        self.totalFen = totalFen
        self.priceFen = priceFen
        self.quantity = quantity
        self.voucherFen = voucherFen
        self.selfPaidFen = selfPaidFen
        self.signedOn = signedOn
        self.serviceFrom = serviceFrom
        self.serviceThrough = serviceThrough
        self.isSingleDelivery = isSingleDelivery
    }

    /// The unit price if the contract has several units; nil if it has one.
    public var priceOfOneOfMany: Fen? { (quantity ?? 1) > 1 ? priceFen : nil }
}
