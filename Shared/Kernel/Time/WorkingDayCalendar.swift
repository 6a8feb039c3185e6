/// The State Council's working days: Monday to Friday, less the days off, plus the weekend days worked to make up for them.
///
/// A calendar knows the years whose arrangement is published and answers `.notPublished` beyond them, never a guess.
public struct WorkingDayCalendar: Sendable, Hashable {
    /// The years whose arrangement is published.
    public let years: ClosedRange<Int>
    private let special: [CalendarDate: SpecialDay]

    /// A calendar for `years` with their days that differ from the week's rule. A date that stands twice counts as it stands last.
    public init(years: ClosedRange<Int>, special: [SpecialDay]) {
        self.years = years
        self.special = Dictionary(special.map { ($0.date, $0) }, uniquingKeysWith: { _, last in last })
    }

    /// The days that differ from the week's rule, in order.
    public var specialDays: [SpecialDay] { special.values.sorted { $0.date < $1.date } }

    /// Whether `date` is worked.
    public func isWorkingDay(_ date: CalendarDate) -> CalendarAnswer<Bool> {
        guard years.contains(date.year) else { return .notPublished(year: date.year) }
        return .published(special[date].map { $0.kind == .work } ?? !date.weekday.isWeekend)
    }

    /// The day that is `days` working days after `start`, or before it where negative; `start` itself is not counted.
    ///
    /// No days at all is `start`, worked or not. `.notPublished` names the first year met whose arrangement is not out; the walk ends there,
    /// so that it is never longer than the calendar.
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

    /// How many working days lie after `start` up to and including `end`; none where `end` is not later.
    ///
    /// The opposite of `adding`: a working day `end` is `start` and that many working days.
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
