public import Kernel

/// The plan of a season: its participants and the scenarios of its orders. The same seed and size give the same plan.
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
    /// The scenarios of the orders, sorted by day.
    public let orders: [OrderScenario]
    /// The races.
    public let races: [RaceScenario]

    /// The day ordering opens.
    public static let opens = CalendarDate.known(2026, 3, 30)
    /// The last day of ordering.
    public static let closes = CalendarDate.known(2026, 8, 31)

    /// Days with many orders: eves of holidays, a working Saturday, and the last days.
    static let peakDays = [(4, 3), (4, 30), (5, 9), (6, 18), (8, 28), (8, 31)].map { CalendarDate.known(2026, $0.0, $0.1) }

    /// Whether participants act on that day: on the first working day after days off, on Thursdays, and on peak days. Timers fire on every
    /// day.
    public static func isBusy(_ day: CalendarDate) -> Bool {
        guard isWorkingDay(day) else { return false }
        if peakDays.contains(day) || day.weekday == .thursday { return true }
        return (try? day.adding(days: -1)).map { !isWorkingDay($0) } ?? false
    }

    private static func isWorkingDay(_ day: CalendarDate) -> Bool {
        WorkingDayCalendar.stateCouncil.isWorkingDay(day).value == true
    }

    /// The first busy day on or after `day`; `day` itself if there is none within 31 days.
    public static func busyDay(from day: CalendarDate) -> CalendarDate {
        var next = day
        for _ in 0..<31 where !isBusy(next) { next = (try? next.adding(days: 1)) ?? next }
        return isBusy(next) ? next : day
    }

    /// Generates the plan.
    public init(seed: UInt64, size: SeasonSize) {
        self.seed = seed
        self.size = size
        var participants = ParticipantGenerator(seed: seed, size: size)
        institutions = participants.institutions()
        products = participants.products(institutions)
        enterprises = participants.enterprises()
        var scenarios = ScenarioGenerator(seed: seed, size: size, products: products, enterprises: enterprises)
        orders = scenarios.orders()
        races = scenarios.races(besides: orders)
    }
}

extension CalendarDate {
    /// A valid day, given as a constant.
    static func known(_ year: Int, _ month: Int, _ day: Int) -> CalendarDate {
        guard let date = try? CalendarDate(year: year, month: month, day: day) else {
            preconditionFailure("\(year)-\(month)-\(day) is not a valid day")
        }
        return date
    }
}
