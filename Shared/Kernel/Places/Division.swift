/// An administrative division by its six-digit code (GB/T 2260), or a code that registrations use like one.
public struct Division: Sendable, Hashable {
    /// What stands behind a code.
    public enum Kind: Sendable, Hashable {
        /// 市辖区.
        case district
        /// 县.
        case county
        /// 县级市.
        case countyLevelCity
        /// A whole city; its code stands in registrations made by the city itself.
        case city
        /// A province, or a municipality directly under the central government.
        case province
        /// A functional zone, no division of GB/T 2260.
        case zone
        /// GB/T 2260's 市辖区: a heading and no place.
        case placeholder
        /// A division that is no more.
        case abolished(Abolition)
    }

    /// When a division was in use, and what it became.
    public struct Abolition: Sendable, Hashable {
        /// The first year, where it is known.
        public let firstYear: Int?
        /// The last year.
        public let lastYear: Int
        /// The codes of the divisions that its area belongs to now.
        public let successors: [String]
    }

    /// Six digits.
    public let code: String
    /// The Chinese name.
    public let name: String
    /// The code of the city it belongs to; its own where it is a city or a province.
    public let cityCode: String
    /// What stands behind the code.
    public let kind: Kind

    /// Whether it is a district, county or county-level city of today: a place with an authority that can pay and be paid.
    public var isDistrictOfToday: Bool {
        switch kind {
        case .district, .county, .countyLevelCity: true
        case .city, .province, .zone, .placeholder, .abolished: false
        }
    }

    /// The division with that code, abolished ones and registration codes included; nil where Quan knows none.
    public static func find(_ code: String) -> Division? { byCode[code] }

    /// The districts, counties and county-level cities of a city as they are today, in the order of their codes.
    public static func districts(ofCity cityCode: String) -> [Division] {
        all.filter { $0.cityCode == cityCode && $0.isDistrictOfToday }
    }

    private static let byCode = Dictionary(all.map { ($0.code, $0) }, uniquingKeysWith: { first, _ in first })
}
