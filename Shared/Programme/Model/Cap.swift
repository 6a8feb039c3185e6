public import Kernel

/// A limit that holds over many orders: an account of the quota ledger.
public struct Cap: Sendable, Hashable {
    /// What there is one account of.
    public enum Account: String, Sendable, Hashable, Codable, CaseIterable {
        /// One enterprise in one year.
        case enterpriseYear = "enterprise-year"
        /// One product's vouchers.
        case productStock = "product-stock"
        /// One institution in one year.
        case institutionYear = "institution-year"
        /// One announced batch.
        case batch
        /// The whole programme in one year.
        case programmeYear = "programme-year"

        /// Whether there is one account a year.
        public var isYearly: Bool { self == .enterpriseYear || self == .institutionYear || self == .programmeYear }
    }

    /// What the account counts.
    public enum Unit: String, Sendable, Hashable, Codable, CaseIterable {
        /// Money, in fen.
        case fen
        /// Vouchers, one an order.
        case vouchers
    }

    /// How high it is.
    public enum Limit: Sendable, Hashable {
        /// The same for everybody, in the cap's unit.
        case fixed(Int64)
        /// The quota of the enterprise's tier.
        case tier
        /// What the product was listed with.
        case product
        /// What the batch was announced with.
        case batch
        /// A share of another cap's fixed limit.
        case share(BasisPoints, of: String)
    }

    /// Which day's year the account is of.
    public enum Year: String, Sendable, Hashable, Codable, CodingKeyRepresentable, CaseIterable {
        /// The day of the order.
        case order
        /// The day of the claim.
        case claim
        /// The day of the final decision on the redemption.
        case redemptionDecision = "redemption-decision"
    }

    /// The name.
    public var id: String
    /// What it is called.
    public var title: LocalisedText
    /// What there is one account of.
    public var account: Account
    /// What it counts.
    public var unit: Unit
    /// How high it is.
    public var limit: Limit
    /// Which day's year counts; nil where the account is not yearly.
    public var year: Year?
    /// The steps that reserve on it: one as a rule, more where an order can begin in more than one way.
    public var reservedAt: [StepReference]
    /// Where it comes from.
    public var citation: Citation
    /// What is told when it is exhausted.
    public var wording: Wording
}
