/// An edition of the size standard (中小企业划型标准规定): which figures a group is measured by, and from what number on a class begins.
public struct SizeStandard: Sendable, Hashable {
    /// The lower bounds of one indicator, each included in its class, in persons or fen.
    public struct Bounds: Sendable, Hashable {
        /// What is measured.
        public let indicator: SizeIndicator
        /// From here on large.
        public let large: Int64
        /// From here on medium.
        public let medium: Int64
        /// From here on small; below it micro.
        public let small: Int64

        /// Where `sizeClass` begins; micro has no lower bound.
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

    /// The bounds a group is measured by, in the standard's order.
    public func bounds(of group: IndustryGroup) -> [Bounds] { bounds[group] ?? [] }

    /// The class of an enterprise of that group: the largest whose lower bounds *all* its figures reach, otherwise micro.
    ///
    /// Figures the group is not measured by are left out of account. Throws `SizeError` where one it is measured by is missing or impossible.
    public func sizeClass(of group: IndustryGroup, _ figures: SizeFigures) throws(SizeError) -> SizeClass {
        var sizeClass = SizeClass.large
        for bounds in bounds(of: group) {
            guard let figure = figures[bounds.indicator] else { throw .missing(bounds.indicator, group) }
            // Revenue can fall below nothing in a year of returns; employees and assets cannot.
            guard figure >= 0 || bounds.indicator == .revenue else { throw .negative(bounds.indicator) }
            sizeClass = min(sizeClass, Self.sizeClass(figure, bounds))
        }
        return sizeClass
    }

    private static func sizeClass(_ figure: Int64, _ bounds: Bounds) -> SizeClass {
        SizeClass.allCases.reversed().first { figure >= bounds.lowerBound(of: $0) } ?? .micro
    }
}
