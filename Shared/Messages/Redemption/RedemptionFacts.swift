public import Kernel

/// The facts stated in the papers of a redemption, as far as rules use them.
public struct RedemptionFacts: Codable, Sendable, Hashable {
    /// The contract.
    public let contract: ContractReading
    /// Every payment of the enterprise.
    public let receipts: [ReceiptReading]
    /// Every invoice.
    public let invoices: [InvoiceReading]
    /// Every refund from the institution to the enterprise; nil or empty for none.
    public let refunds: [RefundReading]?

    /// The facts of a redemption.
    public init(
        contract: ContractReading, receipts: [ReceiptReading], invoices: [InvoiceReading], refunds: [RefundReading]? = nil
    ) {
        self.contract = contract
        self.receipts = receipts
        self.invoices = invoices
        self.refunds = refunds
    }
}

/// The facts stated in the contract paper. A missing fact is nil, and the clause that requires it refuses.
public struct ContractReading: Codable, Sendable, Hashable {
    /// The product's name in the contract.
    @OptionalText<PaperText> public private(set) var productName: String?
    /// The enterprise's name.
    @OptionalText<PaperText> public private(set) var enterpriseName: String?
    /// The institution's name.
    @OptionalText<PaperText> public private(set) var institutionName: String?
    /// When it was signed.
    public let signedOn: CalendarDate?
    /// The first day of the service.
    public let serviceFrom: CalendarDate?
    /// The last day of the service; nil for a single delivery.
    public let serviceThrough: CalendarDate?
    /// The total amount, for the whole period.
    public let totalFen: Fen?
    /// The price in the unit of the product's guide price; nil if it is as recorded with the order.
    public let priceFen: Fen?
    /// The part paid by the voucher.
    public let voucherFen: Fen?
    /// The part paid by the enterprise.
    public let selfPaidFen: Fen?
    /// The order's number in the contract's table.
    @OptionalText<PaperText> public private(set) var tableOrderNumber: String?
    /// The day of the order in the table.
    public let tableOrderedOn: CalendarDate?
    /// The product's name in the table.
    @OptionalText<PaperText> public private(set) var tableProductName: String?

    /// The facts of a contract paper.
    public init(
        productName: String?, enterpriseName: String?, institutionName: String?, signedOn: CalendarDate?, serviceFrom: CalendarDate?,
        serviceThrough: CalendarDate?, totalFen: Fen?, priceFen: Fen?, voucherFen: Fen?, selfPaidFen: Fen?, tableOrderNumber: String?,
        tableOrderedOn: CalendarDate?, tableProductName: String?
    ) {
        self.productName = productName
        self.enterpriseName = enterpriseName
        self.institutionName = institutionName
        self.signedOn = signedOn
        self.serviceFrom = serviceFrom
        self.serviceThrough = serviceThrough
        self.totalFen = totalFen
        self.priceFen = priceFen
        self.voucherFen = voucherFen
        self.selfPaidFen = selfPaidFen
        self.tableOrderNumber = tableOrderNumber
        self.tableOrderedOn = tableOrderedOn
        self.tableProductName = tableProductName
    }
}

/// One payment of the enterprise, proved by a receipt or transfer slip.
public struct ReceiptReading: Codable, Sendable, Hashable {
    /// When it was paid.
    public let paidOn: CalendarDate
    /// The amount; greater than zero.
    public let amountFen: Fen
    /// The payer's name.
    @Text<PaperText> public private(set) var payerName: String
    /// The payee's name.
    @Text<PaperText> public private(set) var payeeName: String
    /// The number of the bank's slip; nil if not given. It distinguishes two otherwise equal payments.
    @OptionalText<OptionalNumberText> public private(set) var number: String?

    /// A payment.
    public init(paidOn: CalendarDate, amountFen: Fen, payerName: String, payeeName: String, number: String? = nil) {
        self.paidOn = paidOn
        self.amountFen = amountFen
        self.payerName = payerName
        self.payeeName = payeeName
        self.number = number
    }
}

/// One refund from the institution to the enterprise, proved by a transfer slip.
public struct RefundReading: Codable, Sendable, Hashable {
    /// When it was paid.
    public let paidOn: CalendarDate
    /// The amount; greater than zero.
    public let amountFen: Fen
    /// The payer's name: the institution.
    @Text<PaperText> public private(set) var payerName: String
    /// The payee's name: the enterprise.
    @Text<PaperText> public private(set) var payeeName: String

    /// A refund.
    public init(paidOn: CalendarDate, amountFen: Fen, payerName: String, payeeName: String) {
        self.paidOn = paidOn
        self.amountFen = amountFen
        self.payerName = payerName
        self.payeeName = payeeName
    }
}

/// One invoice. Its number, together with its code if it has one, may be used in one redemption only.
public struct InvoiceReading: Codable, Sendable, Hashable {
    /// The invoice code, 10 or 12 digits; nil for a fully digital invoice.
    @OptionalText<OptionalNumberText> public private(set) var code: String?
    /// The number: 20 digits, or 8 under a code.
    @Text<NumberText> public private(set) var number: String
    /// When it was issued.
    public let issuedOn: CalendarDate
    /// The total with tax; greater than zero.
    public let totalFen: Fen
    /// The kind of invoice stated on it.
    public let kind: InvoiceKind
    /// The buyer's name.
    @Text<PaperText> public private(set) var buyerName: String
    /// The seller's name.
    @Text<PaperText> public private(set) var sellerName: String

    /// An invoice.
    public init(
        code: String? = nil, number: String, issuedOn: CalendarDate, totalFen: Fen, kind: InvoiceKind, buyerName: String,
        sellerName: String
    ) {
        self.code = code
        self.number = number
        self.issuedOn = issuedOn
        self.totalFen = totalFen
        self.kind = kind
        self.buyerName = buyerName
        self.sellerName = sellerName
    }
}
