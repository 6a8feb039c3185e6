public import Kernel

/// A span of time in which something may be done. It begins at 00:00 of its first day and ends at 24:00 of its last, in Beijing.
public struct Window: Sendable, Hashable {
    /// Where a window begins or ends.
    public enum Edge: Sendable, Hashable {
        /// On this day.
        case on(CalendarDate)
        /// On the day that is announced, at the latest on this one where there is one.
        case announced(notPast: CalendarDate?)
        /// So many calendar days after another window ends, at the latest on this day where there is one.
        case after(window: String, calendarDays: Int, notPast: CalendarDate?)
        /// With the programme itself.
        case programme
    }

    /// The name.
    public var id: String
    /// What it is called.
    public var title: LocalisedText
    /// The first day.
    public var opens: Edge
    /// The last day.
    public var closes: Edge
    /// Whether an announcement may end it earlier.
    public var mayEndEarlier: Bool
    /// Where it comes from.
    public var citation: Citation
    /// What is told to who comes too early or too late.
    public var wording: Wording
}
