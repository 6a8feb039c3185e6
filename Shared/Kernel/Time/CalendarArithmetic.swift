/// A day of the week, Monday first as in ISO 8601.
public enum Weekday: Int, Sendable, Hashable, Codable, CaseIterable {
    /// Days in their order, 1 to 7.
    case monday = 1, tuesday, wednesday, thursday, friday, saturday, sunday

    /// Saturday or Sunday.
    public var isWeekend: Bool { self == .saturday || self == .sunday }
}

extension CalendarDate {
    /// The number of days since 1970-01-01, negative before it.
    public var dayNumber: Int {
        let yearsBefore = year - 1
        let leapDaysBefore = yearsBefore / 4 - yearsBefore / 100 + yearsBefore / 400
        return yearsBefore * 365 + leapDaysBefore + dayOfYear - 1 - Self.daysBefore1970
    }

    /// The day of the year, 1 to 366.
    public var dayOfYear: Int {
        Self.daysBeforeMonth[month - 1] + day + (month > 2 && Self.isLeap(year: year) ? 1 : 0)
    }

    /// The day of the week.
    public var weekday: Weekday {
        // Day 0 was a Thursday, so 3 is added to map Monday to 0; the second remainder handles days before 1970.
        Weekday(rawValue: ((dayNumber + 3) % 7 + 7) % 7 + 1) ?? .monday
    }

    /// The day with that number of days since 1970-01-01. Throws `CalendarError.outOfRange` outside the years 1 to 9999.
    public init(dayNumber: Int) throws(CalendarError) {
        guard (Self.first.dayNumber...Self.last.dayNumber).contains(dayNumber) else { throw .outOfRange }
        var rest = dayNumber + Self.daysBefore1970
        // 400 years always have the same number of days; the rest starts with an estimate that is never too late and is corrected year by
        // year.
        var year = rest / Self.daysIn400Years * 400 + 1
        rest %= Self.daysIn400Years
        let years = rest / 366
        year += years
        rest -= years * 365 + years / 4 - years / 100
        while rest >= Self.length(ofYear: year) {
            rest -= Self.length(ofYear: year)
            year += 1
        }
        var month = 1
        while rest >= Self.length(ofMonth: month, year: year) {
            rest -= Self.length(ofMonth: month, year: year)
            month += 1
        }
        self.init(unchecked: year, month, rest + 1)
    }

    /// The day `days` later, or earlier where negative. Throws `CalendarError.outOfRange` outside the years 1 to 9999.
    public func adding(days: Int) throws(CalendarError) -> CalendarDate {
        let (sum, overflow) = dayNumber.addingReportingOverflow(days)
        guard !overflow else { throw .outOfRange }
        return try CalendarDate(dayNumber: sum)
    }

    /// The same day of the month `months` later, or earlier if negative; if that month is too short, its last day (31 January plus one
    /// month is 28 or 29 February). Throws `CalendarError.outOfRange` outside the years 1 to 9999.
    public func adding(months: Int) throws(CalendarError) -> CalendarDate {
        let (sum, overflow) = (year * 12 + month - 1).addingReportingOverflow(months)
        guard !overflow, (12..<120_000).contains(sum) else { throw .outOfRange }
        let (year, month) = (sum / 12, sum % 12 + 1)
        return CalendarDate(unchecked: year, month, min(day, Self.length(ofMonth: month, year: year)))
    }

    /// The same day `years` later; 29 February becomes the 28th in a common year. Throws `CalendarError.outOfRange` like the others.
    public func adding(years: Int) throws(CalendarError) -> CalendarDate {
        let (months, overflow) = years.multipliedReportingOverflow(by: 12)
        guard !overflow else { throw .outOfRange }
        return try adding(months: months)
    }

    /// The number of days from this day to `other`: 0 for the same day, negative where `other` is earlier.
    public func days(until other: CalendarDate) -> Int { other.dayNumber - dayNumber }

    /// The first representable day, 0001-01-01.
    public static let first = CalendarDate(unchecked: 1, 1, 1)
    /// The last representable day, 9999-12-31.
    public static let last = CalendarDate(unchecked: 9999, 12, 31)

    /// Days of a common year before each month.
    private static let daysBeforeMonth = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
    private static let daysBefore1970 = 719_162
    private static let daysIn400Years = 146_097
    private static func length(ofYear year: Int) -> Int { isLeap(year: year) ? 366 : 365 }
}
