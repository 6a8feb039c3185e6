/// An administrative division with its six-digit code (GB/T 2260), or a similar code used in registrations.
public struct Division: Sendable, Hashable {
    /// The kind of division.
    public enum Kind: Sendable, Hashable {
        /// 市辖区.
        case district
        /// 县.
        case county
        /// 县级市.
        case countyLevelCity
        /// A whole city; registrations made by the city itself have its code.
        case city
        /// A province, or a municipality directly under the central government.
        case province
        /// A functional zone, which is not a division of GB/T 2260.
        case zone
        /// GB/T 2260's 市辖区: a heading, not a place.
        case placeholder
        /// A division that no longer exists.
        case abolished(AbolishedDivision)
    }

    /// When an abolished division was in use, and its successors.
    public struct AbolishedDivision: Sendable, Hashable {
        /// The first year; nil if unknown.
        public let firstYear: Int?
        /// The last year.
        public let lastYear: Int
        /// The codes of the divisions to which its area belongs now.
        public let successors: [String]
    }

    /// Six digits.
    public let code: String
    /// The Chinese name.
    public let name: String
    /// The code of its city; its own code if it is a city or a province.
    public let cityCode: String
    /// The kind of division.
    public let kind: Kind

    /// Whether it is a current district, county or county-level city, which has an authority that can pay and be paid.
    public var isCurrentDistrict: Bool {
        switch kind {
        case .district, .county, .countyLevelCity: true
        case .city, .province, .zone, .placeholder, .abolished: false
        }
    }

    /// The division with that code, including abolished divisions and registration codes; nil if unknown.
    public static func find(_ code: String) -> Division? { byCode[code] }

    /// The current districts, counties and county-level cities of a city, in the order of their codes.
    public static func districts(ofCity cityCode: String) -> [Division] {
        all.filter { $0.cityCode == cityCode && $0.isCurrentDistrict }
    }

    private static let byCode = Dictionary(all.map { ($0.code, $0) }, uniquingKeysWith: { first, _ in first })
}
