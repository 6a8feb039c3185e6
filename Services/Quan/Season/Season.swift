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

    /// Eves of holidays, a Saturday that is worked, and the last days: when everybody orders.
    static let rushed = [(4, 3), (4, 30), (5, 9), (6, 18), (8, 28), (8, 31)].map { CalendarDate.known(2026, $0.0, $0.1) }

    /// Whether people do anything on that day: on the first working day after days off, on Thursdays, and when everybody orders. Timers fire
    /// whenever they are due.
    public static func isBusy(_ day: CalendarDate) -> Bool {
        guard isWorked(day) else { return false }
        if rushed.contains(day) || day.weekday == .thursday { return true }
        return (try? day.adding(days: -1)).map { !isWorked($0) } ?? false
    }

    private static func isWorked(_ day: CalendarDate) -> Bool {
        WorkingDayCalendar.stateCouncil.isWorkingDay(day).value == true
    }

    /// The first busy day from that one on.
    public static func busyDay(from day: CalendarDate) -> CalendarDate {
        var next = day
        for _ in 0..<31 where !isBusy(next) { next = (try? next.adding(days: 1)) ?? next }
        return isBusy(next) ? next : day
    }

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
        races = plotting.races(besides: orders)
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
