public import Kernel

/// The subsidised part of a price.
public struct Subsidy: Sendable, Hashable {
    /// The base of the share.
    public enum Base: String, Sendable, Hashable, Codable, CaseIterable {
        /// The contract's total.
        case contractTotal = "contract-total"
        /// The invoice's total.
        case invoiceTotal = "invoice-total"
        /// The invoice's total plus the voucher, if the invoice excludes the voucher.
        case invoiceAndVoucher = "invoice-and-voucher"
    }

    /// The amount that an order may reserve before there is a contract.
    public enum Expected: String, Sendable, Hashable, Codable, CaseIterable {
        /// The entered amount, at most the share of the product's upper guide price.
        case shareOfUpperGuidePrice = "share-of-upper-guide-price"
        /// The entered amount, at most the claimed amount.
        case claimed
        /// None: the contract precedes the order.
        case contract
    }

    /// The treatment of a reservation if the actual price is higher.
    public enum Dearer: String, Sendable, Hashable, Codable, CaseIterable {
        /// The reservation is increased under the same caps.
        case topUp = "top-up"
        /// The reservation is kept as the subsidy.
        case keep
    }

    /// The averaging of contracts that are longer than the subsidised period.
    public struct Averaging: Sendable, Hashable {
        /// The maximum number of subsidised months.
        public var months: Int
        /// The cited clauses.
        public var citation: Citation

        /// An averaging to a number of months.
        public init(months: Int, citation: Citation) { (self.months, self.citation) = (months, citation) }
    }

    /// The maximum number of units that one voucher subsidises, independent of the contract's quantity.
    public struct Units: Sendable, Hashable {
        /// The maximum, in the unit of the guide price.
        public var most: Int
        /// The cited clauses.
        public var citation: Citation

        /// A unit limit.
        public init(most: Int, citation: Citation) { (self.most, self.citation) = (most, citation) }
    }

    /// The maximum subsidy of one transaction.
    public struct Ceiling: Sendable, Hashable {
        /// The amount.
        public var amount: Fen
        /// The cited clauses.
        public var citation: Citation

        /// A ceiling of that amount.
        public init(amount: Fen, citation: Citation) { (self.amount, self.citation) = (amount, citation) }
    }

    /// The share.
    public var share: BasisPoints
    /// The base of the share.
    public var base: Base
    /// The clauses cited for the share.
    public var citation: Citation
    /// The averaging of long contracts, if any.
    public var averaging: Averaging?
    /// The unit limit, if any.
    public var units: Units?
    /// The ceiling of one transaction, if any.
    public var ceiling: Ceiling?
    /// The amount that an order may reserve.
    public var expected: Expected
    /// The treatment of a reservation if the actual price is higher.
    public var dearer: Dearer
    /// The clauses cited for the last two.
    public var expectedCitation: Citation
    /// The wording of the refusal of an amount over the share or the ceiling.
    public var wording: Wording
}
