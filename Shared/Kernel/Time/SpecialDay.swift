/// A day that does not follow the week's rule.
public struct SpecialDay: Sendable, Hashable {
    /// Which way it differs.
    public enum Kind: String, Sendable, Hashable, Codable {
        /// A weekday that is not worked.
        case off
        /// A Saturday or Sunday that is worked.
        case work
    }

    /// The day.
    public let date: CalendarDate
    /// Which way it differs.
    public let kind: Kind
    /// The holiday it belongs to, as the State Council's notice names it: "春节".
    public let holiday: String

    /// A day that differs from the week's rule.
    public init(date: CalendarDate, kind: Kind, holiday: String) {
        (self.date, self.kind, self.holiday) = (date, kind, holiday)
    }
}
