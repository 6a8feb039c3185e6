public import Kernel

/// The plan of a season: who there is, who orders what when, and what becomes of it. The same seed and size give the same plan.
public struct Season: Sendable, Hashable {
    /// The seed.
    public let seed: UInt64
    /// The size.
    public let size: SeasonSize
    /// The institutions.
    public let institutions: [SeasonInstitution]
    /// The products; those of races come last.
    public let products: [SeasonProduct]
    /// The enterprises.
    public let enterprises: [SeasonEnterprise]
    /// The orders, in the order of their days.
    public let orders: [OrderPlot]
    /// The races.
    public let races: [RacePlot]

    /// The day ordering opens.
    public static let opens = CalendarDate.known(2026, 3, 30)
    /// The last day of ordering.
    public static let closes = CalendarDate.known(2026, 8, 31)

    /// The plan of that seed and size.
    public init(seed: UInt64, size: SeasonSize) {
        self.seed = seed
        self.size = size
        var cast = Casting(seed: seed, size: size)
        institutions = cast.institutions()
        products = cast.products(institutions)
        enterprises = cast.enterprises()
        var plotting = Plotting(seed: seed, size: size, products: products, enterprises: enterprises)
        orders = plotting.orders()
        races = plotting.races()
    }
}

extension CalendarDate {
    /// A day that is known to exist.
    static func known(_ year: Int, _ month: Int, _ day: Int) -> CalendarDate {
        guard let date = try? CalendarDate(year: year, month: month, day: day) else {
            preconditionFailure("\(year)-\(month)-\(day) is no day")
        }
        return date
    }
}
