public import Kernel

/// By when a state must be left, and what happens if it is not.
public struct DeadlineRule: Sendable, Hashable {
    /// How long.
    public enum Length: Sendable, Hashable {
        /// Hours, through nights and holidays, to the second.
        case hours(Int)
        /// Days of the calendar; the first is not counted, the last ends at 24:00.
        case calendarDays(Int)
        /// Working days; the first is not counted, the last ends at 24:00.
        case workingDays(Int)
        /// Until a window closes.
        case windowCloses(String)
    }

    /// From when.
    public enum Start: Sendable, Hashable {
        /// From the instant a step of the same procedure was taken.
        case step(String)
        /// From the close of a window.
        case windowCloses(String)
    }

    /// What happens at the deadline when the state is still the same.
    public struct Lapse: Sendable, Hashable {
        /// The state it leads to.
        public var to: String
        /// What it does to the ledger.
        public var ledger: [LedgerEffect]

        /// A lapse into a state.
        public init(to: String, ledger: [LedgerEffect]) { (self.to, self.ledger) = (to, ledger) }
    }

    /// Who is reminded, and how long before.
    public struct Reminder: Sendable, Hashable {
        /// The roles.
        public var to: [String]
        /// How many calendar days before the deadline.
        public var calendarDaysBefore: Int

        /// A reminder of roles.
        public init(to: [String], calendarDaysBefore: Int) { (self.to, self.calendarDaysBefore) = (to, calendarDaysBefore) }
    }

    /// The name.
    public var id: String
    /// What it is called.
    public var title: LocalisedText
    /// The states that must be left.
    public var states: [String]
    /// How long.
    public var length: Length
    /// From when.
    public var start: Start
    /// How long it may be at most where a single product is given longer; nil where none is.
    public var mostForProduct: Int?
    /// The last day it may ever reach.
    public var notPast: CalendarDate?
    /// What happens at the deadline.
    public var lapse: Lapse
    /// Who is reminded.
    public var reminders: [Reminder]
    /// Where it comes from.
    public var citation: Citation
    /// What is told to who comes too late.
    public var wording: Wording

    /// Whether what lapses still counts against the year's quota.
    public var countsAgainstYear: Bool { lapse.ledger.contains { $0.kind == .forfeit } }
}
