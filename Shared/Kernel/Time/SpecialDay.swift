/// An exception to the Monday-to-Friday working week.
public struct SpecialDay: Sendable, Hashable {
    /// The kind of exception.
    public enum Kind: String, Sendable, Hashable, Codable {
        /// A weekday that is a day off.
        case off
        /// A Saturday or Sunday that is a working day.
        case work
    }

    /// The day.
    public let date: CalendarDate
    /// The kind of exception.
    public let kind: Kind
    /// The holiday it belongs to, as named in the State Council's notice: "春节".
    public let holiday: String

    /// An exceptional day.
    public init(date: CalendarDate, kind: Kind, holiday: String) {
        (self.date, self.kind, self.holiday) = (date, kind, holiday)
    }
}
