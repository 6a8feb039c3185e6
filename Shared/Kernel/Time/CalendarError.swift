/// Why a date cannot be parsed or computed.
public enum CalendarError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The text does not have the form 2026-05-09.
    case notADate
    /// The form is right, but the day does not exist.
    case noSuchDay(year: Int, month: Int, day: Int)
    /// The result is outside the years 1 to 9999.
    case outOfRange

    /// The problem and its remedy.
    public var description: String {
        switch self {
        case .notADate: "not a date: write year, month and day like 2026-05-09"
        case .noSuchDay(let year, let month, let day): "there is no day \(day) in month \(month) of year \(year); check the date"
        case .outOfRange: "the date lies outside the years 1 to 9999; check the date and the number of days"
        }
    }
}
