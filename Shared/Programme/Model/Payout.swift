/// Which way the money goes to the institution.
public struct Payout: Sendable, Hashable {
    /// Who pays.
    public enum Route: String, Sendable, Hashable, Codable, CaseIterable {
        /// The city's treasury.
        case treasury
        /// The treasury of the enterprise's district.
        case enterpriseDistrict = "enterprise-district"
        /// The treasury of the institution's district.
        case institutionDistrict = "institution-district"
    }

    /// Who pays.
    public var route: Route
    /// The channel by name, as the installation knows it: "bank", "qinqing".
    public var channel: String
    /// How many different people must agree before money leaves.
    public var people: Int
    /// How many working days a refund may go unreported; nil where the document names none.
    public var refundReportWorkingDays: Int?
    /// Where it comes from.
    public var citation: Citation
}
