public import Foundation

/// A timer's instant has passed. Keyed by its subject. The owner checks its own state, so a late or repeated firing is harmless.
public struct TimerFired: Event, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("timer", "timer-fired")

    /// The service it is for.
    public let owner: String
    /// The timer's name.
    public let name: String
    /// The subject.
    public let subject: String
    /// The deadline, by its name in the programme.
    public let purpose: String
    /// When it was due.
    public let dueAt: Date

    /// A fired timer.
    public init(owner: String, name: String, subject: String, purpose: String, dueAt: Date) {
        self.owner = owner
        self.name = name
        self.subject = subject
        self.purpose = purpose
        self.dueAt = dueAt
    }
}
