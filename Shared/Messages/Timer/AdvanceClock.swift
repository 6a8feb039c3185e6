public import Foundation

/// Asks the timer to move the clock of a rehearsal on. A production instance refuses.
public struct AdvanceClock: Command, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("timer", "advance-clock")

    /// Where to. The clock stops at the first timer that is due before, and the answer says where it stands.
    public let to: Date

    /// Moves the clock.
    public init(to: Date) { self.to = to }
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
