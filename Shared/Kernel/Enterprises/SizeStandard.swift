/// The size class of an enterprise by the size standard.
public enum SizeClass: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
    /// 微型.
    case micro
    /// 小型.
    case small
    /// 中型.
    case medium
    /// 大型.
    case large

    /// Whether `left` is the smaller class.
    public static func < (left: SizeClass, right: SizeClass) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .micro: 0
        case .small: 1
        case .medium: 2
        case .large: 3
        }
    }
}

/// An indicator of the size standard.
public enum SizeIndicator: String, Sendable, Hashable, Codable, CaseIterable {
    /// 从业人员, in persons.
    case employees
    /// 营业收入, in fen.
    case revenue
    /// 资产总额, in fen.
    case assets
}

/// An enterprise's figures; those that its industry group does not use may be missing.
public struct SizeFigures: Sendable, Hashable, Codable {
    /// 从业人员, in persons.
    public var employees: Int64?
    /// 营业收入 of the year.
    public var revenue: Fen?
    /// 资产总额.
    public var assets: Fen?

    /// The known figures.
    public init(employees: Int64? = nil, revenue: Fen? = nil, assets: Fen? = nil) {
        (self.employees, self.revenue, self.assets) = (employees, revenue, assets)
    }

    /// The figure as a number in the indicator's unit: persons or fen.
    public subscript(indicator: SizeIndicator) -> Int64? {
        switch indicator {
        case .employees: employees
        case .revenue: revenue?.rawValue
        case .assets: assets?.rawValue
        }
    }
}

/// Why the size class of an enterprise cannot be determined.
public enum SizeError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A figure that the group requires is missing.
    case missing(SizeIndicator, IndustryGroup)
    /// The number of employees or the assets are negative.
    case negative(SizeIndicator)

    /// The problem and its remedy.
    public var description: String {
        switch self {
        case .missing(let indicator, let group): "the size class of \(group.rawValue) needs the figure \(indicator.rawValue); give it"
        case .negative(let indicator): "the figure \(indicator.rawValue) is negative; check it"
        }
    }
}
