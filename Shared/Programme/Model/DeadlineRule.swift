public import Kernel

/// The deadline for leaving a state, and the consequence of missing it.
public struct DeadlineRule: Sendable, Hashable {
    /// The length.
    public enum Length: Sendable, Hashable {
        /// Hours, including nights and holidays, to the second.
        case hours(Int)
        /// Calendar days; the first is not counted, the last ends at 24:00.
        case calendarDays(Int)
        /// Working days; the first is not counted, the last ends at 24:00.
        case workingDays(Int)
        /// Until a window closes.
        case windowCloses(String)
        /// Calendar months; the last day ends at 24:00.
        case months(Int)
        /// Calendar days as many as a field says, at most `most`.
        case field(FieldName, most: Int)
        /// Until the next day of that month and day ends, 12-31.
        case yearly(month: Int, day: Int)
    }

    /// The start.
    public enum Start: Sendable, Hashable {
        /// From the instant when a step of the same procedure was taken.
        case step(String)
        /// From the close of a window.
        case windowCloses(String)
        /// From the day that a field of the case says; not before the case entered the states.
        case field(FieldName)
    }

    /// Whether the deadline runs on while the case is in none of its states.
    public enum Absence: String, Sendable, Hashable, Codable, CaseIterable {
        /// The days count.
        case runs
        /// The days do not count.
        case pauses
    }

    /// The states of other cases in which the deadline does not lapse.
    public struct Hold: Sendable, Hashable {
        /// The procedure of the other cases.
        public var procedure: String
        /// The states.
        public var states: [String]

        /// A hold while cases of a procedure are in these states.
        public init(procedure: String, states: [String]) { (self.procedure, self.states) = (procedure, states) }
    }

    /// The consequence if the state was not left by the deadline.
    public struct Lapse: Sendable, Hashable {
        /// The resulting state.
        public var to: String
        /// The effects on the ledger.
        public var ledger: [LedgerEffect]
        /// The steps of other procedures of the family that are taken in the same decision.
        public var also: [StepReference]

        /// A lapse into a state.
        public init(to: String, ledger: [LedgerEffect], also: [StepReference] = []) {
            (self.to, self.ledger, self.also) = (to, ledger, also)
        }
    }

    /// A reminder before the deadline.
    public struct Reminder: Sendable, Hashable {
        /// The roles.
        public var to: [String]
        /// The number of calendar days before the deadline.
        public var calendarDaysBefore: Int

        /// A reminder of roles.
        public init(to: [String], calendarDaysBefore: Int) { (self.to, self.calendarDaysBefore) = (to, calendarDaysBefore) }
    }

    /// The name.
    public var id: String
    /// The title.
    public var title: LocalisedText
    /// The states that must be left.
    public var states: [String]
    /// The length.
    public var length: Length
    /// The start.
    public var start: Start
    /// The latest possible day.
    public var notPast: CalendarDate?
    /// Whether the deadline runs on while the case is elsewhere; nil where the case cannot come back.
    public var whileAway: Absence?
    /// The states of other cases that delay the lapse.
    public var holdsWhile: [Hold]
    /// The consequence of missing the deadline.
    public var lapse: Lapse
    /// The reminders.
    public var reminders: [Reminder]
    /// The cited clauses.
    public var citation: Citation
    /// The wording of the refusal after the deadline.
    public var wording: Wording

    /// Whether a lapsed amount still counts against the yearly quota.
    public var countsAgainstYear: Bool { lapse.ledger.contains { $0.kind == .forfeit } }
}
