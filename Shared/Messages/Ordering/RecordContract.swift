public import Foundation
public import Kernel

/// Asks ordering to take down what the contract says that the parties have signed offline. By the institution.
public struct RecordContract: Command, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("ordering", "record-contract")

    /// The order.
    public let orderID: UUID
    /// What the contract says.
    public let contract: ContractFacts

    /// Records a contract.
    public init(orderID: UUID, contract: ContractFacts) {
        self.orderID = orderID
        self.contract = contract
    }
}

/// What a contract says, as far as rules ask.
public struct ContractFacts: Codable, Sendable, Hashable {
    /// The product's name in the contract.
    @Text<NameText> public private(set) var productName: String
    /// The contract's total amount, for its whole period.
    public let totalFen: Fen
    /// The price of one unit, in the unit that the product's guide price is in; nil where the total is the price of one unit, of one year where
    /// it runs longer.
    public let priceFen: Fen?
    /// How many such units the contract is about, a service by the year with its years among them; nil means 1. Price times quantity is the total.
    public let quantity: Int?
    /// What the voucher pays of it.
    public let voucherFen: Fen
    /// What the enterprise pays itself.
    public let selfPaidFen: Fen
    /// When it was signed.
    public let signedOn: CalendarDate
    /// The first day of the service.
    public let serviceFrom: CalendarDate
    /// The last day of the service; nil for what is delivered once.
    public let serviceThrough: CalendarDate?
    /// Whether the contract states that it is delivered once; nil means that it does not.
    public let isSingleDelivery: Bool?

    /// What a contract says.
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

    /// The price of one unit where the contract is about several; nil where its total is of one.
    public var priceOfOneOfMany: Fen? { (quantity ?? 1) > 1 ? priceFen : nil }
}
