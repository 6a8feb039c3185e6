/// The State Council's working days: Monday to Friday, minus the days off, plus the compensating working weekend days.
///
/// It covers the published years and answers `.notPublished` for others, never an estimate.
public struct WorkingDayCalendar: Sendable, Hashable {
    /// The published years.
    public let years: ClosedRange<Int>
    private let special: [CalendarDate: SpecialDay]

    /// A calendar for `years` with their exceptional days. If a date occurs twice, the last entry counts.
    public init(years: ClosedRange<Int>, special: [SpecialDay]) {
        self.years = years
        self.special = Dictionary(special.map { ($0.date, $0) }, uniquingKeysWith: { _, last in last })
    }

    /// The exceptional days, in order.
    public var specialDays: [SpecialDay] { special.values.sorted { $0.date < $1.date } }

    /// Whether `date` is a working day.
    public func isWorkingDay(_ date: CalendarDate) -> CalendarAnswer<Bool> {
        guard years.contains(date.year) else { return .notPublished(year: date.year) }
        return .published(special[date].map { $0.kind == .work } ?? !date.weekday.isWeekend)
    }

    /// The day `days` working days after `start`, or before it if negative; `start` itself is not counted.
    ///
    /// Zero days is `start`, whether it is a working day or not. `.notPublished` names the first unpublished year reached; the search ends
    /// there, so that it is never longer than the calendar.
    public func adding(_ days: Int, to start: CalendarDate) -> CalendarAnswer<CalendarDate> {
        var date = start
        var left = days.magnitude
        while left > 0 {
            guard let next = try? date.adding(days: days.signum()) else { return .notPublished(year: date.year + days.signum()) }
            date = next
            switch isWorkingDay(date) {
            case .published(let isWorked): left -= isWorked ? 1 : 0
            case .notPublished(let year): return .notPublished(year: year)
            }
        }
        return .published(date)
    }

    /// The number of working days after `start` up to and including `end`; zero if `end` is not later.
    ///
    /// The inverse of `adding` for a working day `end`.
    public func workingDays(after start: CalendarDate, through end: CalendarDate) -> CalendarAnswer<Int> {
        var date = start
        var count = 0
        while date < end, let next = try? date.adding(days: 1) {
            date = next
            switch isWorkingDay(date) {
            case .published(let isWorked): count += isWorked ? 1 : 0
            case .notPublished(let year): return .notPublished(year: year)
            }
        }
        return .published(count)
    }
}
