public import Kernel

/// A time window for steps. It begins at 00:00 of its first day and ends at 24:00 of its last, in Beijing.
public struct Window: Sendable, Hashable {
    /// The beginning or end of a window.
    public enum Edge: Sendable, Hashable {
        /// On this day.
        case on(CalendarDate)
        /// On the announced day, at the latest on `notPast` if given.
        case announced(notPast: CalendarDate?)
        /// A number of calendar days after another window ends, at the latest on `notPast` if given.
        case after(window: String, calendarDays: Int, notPast: CalendarDate?)
        /// With the programme itself.
        case programme
    }

    /// The name.
    public var id: String
    /// The title.
    public var title: LocalisedText
    /// The first day.
    public var opens: Edge
    /// The last day.
    public var closes: Edge
    /// Whether an announcement may end it earlier.
    public var mayEndEarlier: Bool
    /// The cited clauses.
    public var citation: Citation
    /// The wording of the refusal outside the window.
    public var wording: Wording
}
