/// An edition of the size standard (中小企业划型标准规定): the indicators of each industry group, and the lower bounds of each size class.
public struct SizeStandard: Sendable, Hashable {
    /// The lower bounds of one indicator, each included in its class, in persons or fen.
    public struct Bounds: Sendable, Hashable {
        /// The indicator.
        public let indicator: SizeIndicator
        /// The lower bound of large.
        public let large: Int64
        /// The lower bound of medium.
        public let medium: Int64
        /// The lower bound of small; below it is micro.
        public let small: Int64

        /// The lower bound of a size class; micro has none.
        public func lowerBound(of sizeClass: SizeClass) -> Int64 {
            switch sizeClass {
            case .large: large
            case .medium: medium
            case .small: small
            case .micro: Int64.min
            }
        }
    }

    /// The number of the document.
    public let document: String
    private let bounds: [IndustryGroup: [Bounds]]

    init(document: String, bounds: [IndustryGroup: [Bounds]]) {
        (self.document, self.bounds) = (document, bounds)
    }

    /// The bounds of a group's indicators, in the standard's order.
    public func bounds(of group: IndustryGroup) -> [Bounds] { bounds[group] ?? [] }

    /// The size class of an enterprise: the largest class whose lower bounds are reached by *all* its figures, otherwise micro.
    ///
    /// Figures that the group does not use are ignored. Throws `SizeError` if a required figure is missing or impossible.
    public func sizeClass(of group: IndustryGroup, _ figures: SizeFigures) throws(SizeError) -> SizeClass {
        var sizeClass = SizeClass.large
        for bounds in bounds(of: group) {
            guard let figure = figures[bounds.indicator] else { throw .missing(bounds.indicator, group) }
            // Revenue can be negative in a year of returns; employees and assets cannot.
            guard figure >= 0 || bounds.indicator == .revenue else { throw .negative(bounds.indicator) }
            sizeClass = min(sizeClass, Self.sizeClass(figure, bounds))
        }
        return sizeClass
    }

    private static func sizeClass(_ figure: Int64, _ bounds: Bounds) -> SizeClass {
        SizeClass.allCases.reversed().first { figure >= bounds.lowerBound(of: $0) } ?? .micro
    }
}
