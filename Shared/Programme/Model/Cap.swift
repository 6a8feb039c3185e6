public import Kernel

/// A limit over many orders: an account of the quota ledger.
public struct Cap: Sendable, Hashable {
    /// The scope of an account.
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

        /// Whether there is one account per year.
        public var isYearly: Bool { self == .enterpriseYear || self == .institutionYear || self == .programmeYear }
    }

    /// The unit of the account.
    public enum Unit: String, Sendable, Hashable, Codable, CaseIterable {
        /// Money, in fen.
        case fen
        /// Vouchers, one per order.
        case vouchers
    }

    /// The limit.
    public enum Limit: Sendable, Hashable {
        /// The same for all accounts, in the cap's unit.
        case fixed(Int64)
        /// The quota of the enterprise's tier.
        case tier
        /// The limit with which the product was listed.
        case product
        /// The limit with which the batch was announced.
        case batch
        /// A share of another cap's fixed limit.
        case share(BasisPoints, of: String)
    }

    /// The day that determines the year of the account.
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
    /// The title.
    public var title: LocalisedText
    /// The scope of an account.
    public var account: Account
    /// The unit.
    public var unit: Unit
    /// The limit.
    public var limit: Limit
    /// The day that determines the year; nil if the account is not yearly.
    public var year: Year?
    /// The steps that reserve on it: usually one, several if an order can start in several ways.
    public var reservedAt: [StepReference]
    /// The cited clauses.
    public var citation: Citation
    /// The wording of the refusal when it is exhausted.
    public var wording: Wording
}
