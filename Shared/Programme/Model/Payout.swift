/// How institutions are paid.
public struct Payout: Sendable, Hashable {
    /// The paying treasury.
    public enum Route: String, Sendable, Hashable, Codable, CaseIterable {
        /// The city's treasury.
        case treasury
        /// The treasury of the enterprise's district.
        case enterpriseDistrict = "enterprise-district"
        /// The treasury of the institution's district.
        case institutionDistrict = "institution-district"
    }

    /// The paying treasury.
    public var route: Route
    /// The channel by its name in the installation: "bank", "qinqing".
    public var channel: String
    /// The number of different people who must approve a payment.
    public var people: Int
    /// The deadline for reporting a refund, in working days; nil if the document has none.
    public var refundReportWorkingDays: Int?
    /// The cited clauses.
    public var citation: Citation
}
