public import Foundation

/// Asks the timer to advance the clock of a rehearsal. A production instance refuses it.
public struct AdvanceClock: Command, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("timer", "advance-clock")

    /// The target instant. The clock stops earlier at the first timer that is due, and the answer gives the instant reached.
    public let to: Date

    /// Advances the clock.
    public init(to: Date) { self.to = to }

    /// The clock's new instant: the result of the command's outcome.
    public struct Answer: Codable, Sendable, Hashable {
        /// The instant reached.
        public let instant: Date
        /// Whether the target was reached. If not, send the command again once the effects of the due timers are complete.
        public let isThere: Bool
        /// The number of timers that are due at this instant and are not yet fired or published.
        public let timersDue: Int64

        /// The instant reached.
        public init(instant: Date, isThere: Bool, timersDue: Int64) {
            (self.instant, self.isThere, self.timersDue) = (instant, isThere, timersDue)
        }
    }
}

/// The clock of a rehearsal was moved. Keyed `clock`.
public struct ClockMoved: Event, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("timer", "clock-moved")

    /// The clock's new instant.
    public let instant: Date

    /// A move to `instant`.
    public init(instant: Date) { self.instant = instant }
}
