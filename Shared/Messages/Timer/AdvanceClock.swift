public import Foundation

/// Asks the timer to move the clock of a rehearsal on. A production instance refuses.
public struct AdvanceClock: Command, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("timer", "advance-clock")

    /// Where to. The clock stops at the first timer that is due before, and the answer says where it stands.
    public let to: Date

    /// Moves the clock.
    public init(to: Date) { self.to = to }

    /// Where the clock stands now: the result of the command's outcome.
    public struct Answer: Codable, Sendable, Hashable {
        /// Where it stands.
        public let instant: Date
        /// Whether that is where it was to go. If not, ask again once everything the due timers set off has settled.
        public let isThere: Bool
        /// How many timers are due where it stands and have yet to fire, or to be published.
        public let timersDue: Int64

        /// Where it stands.
        public init(instant: Date, isThere: Bool, timersDue: Int64) {
            (self.instant, self.isThere, self.timersDue) = (instant, isThere, timersDue)
        }
    }
}

/// The clock of a rehearsal stands at another instant. Keyed `clock`.
public struct ClockMoved: Event, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("timer", "clock-moved")

    /// Where it stands.
    public let instant: Date

    /// Where it stands.
    public init(instant: Date) { self.instant = instant }
}
