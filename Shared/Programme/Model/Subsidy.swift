public import Kernel

/// What part of a price the city pays.
public struct Subsidy: Sendable, Hashable {
    /// What the share is taken of.
    public enum Base: String, Sendable, Hashable, Codable, CaseIterable {
        /// The contract's total.
        case contractTotal = "contract-total"
        /// The invoice's total.
        case invoiceTotal = "invoice-total"
        /// The invoice's total and the voucher, where the invoice leaves the voucher out.
        case invoiceAndVoucher = "invoice-and-voucher"
    }

    /// What an order may reserve before there is a contract.
    public enum Expected: String, Sendable, Hashable, Codable, CaseIterable {
        /// What is entered, at most the share of the product's upper guide price.
        case shareOfUpperGuidePrice = "share-of-upper-guide-price"
        /// What is entered, at most what was claimed.
        case claimed
        /// Nothing is expected: the contract comes before the order.
        case contract
    }

    /// What becomes of a reservation when the actual price is higher.
    public enum Dearer: String, Sendable, Hashable, Codable, CaseIterable {
        /// More is reserved, under the same caps.
        case topUp = "top-up"
        /// What is reserved is what is subsidised.
        case keep
    }

    /// A contract longer than this is brought down to it by its average.
    public struct Averaging: Sendable, Hashable {
        /// How many months are subsidised at most.
        public var months: Int
        /// Where it comes from.
        public var citation: Citation

        /// An averaging down to so many months.
        public init(months: Int, citation: Citation) { (self.months, self.citation) = (months, citation) }
    }

    /// One voucher subsidises so many units of the product at most, whatever the contract's quantity.
    public struct Units: Sendable, Hashable {
        /// How many units, in the unit of the guide price.
        public var most: Int
        /// Where it comes from.
        public var citation: Citation

        /// So many units at most.
        public init(most: Int, citation: Citation) { (self.most, self.citation) = (most, citation) }
    }

    /// The most that one transaction may have.
    public struct Ceiling: Sendable, Hashable {
        /// The amount.
        public var amount: Fen
        /// Where it comes from.
        public var citation: Citation

        /// A ceiling of that amount.
        public init(amount: Fen, citation: Citation) { (self.amount, self.citation) = (amount, citation) }
    }

    /// The share.
    public var share: BasisPoints
    /// What it is taken of.
    public var base: Base
    /// Where the share comes from.
    public var citation: Citation
    /// What brings long contracts down, if anything.
    public var averaging: Averaging?
    /// How many units one voucher subsidises, if there is such a bound.
    public var units: Units?
    /// The most that one transaction may have, if there is such a bound.
    public var ceiling: Ceiling?
    /// What an order may reserve.
    public var expected: Expected
    /// What becomes of a reservation when the actual price is higher.
    public var dearer: Dearer
    /// Where the last two come from.
    public var expectedCitation: Citation
    /// What is told when an amount is over the share or the ceiling.
    public var wording: Wording
}
