public import Foundation

/// A timer's instant has passed. Keyed by its subject. The owner looks at its own state: firing late or again does no harm.
public struct TimerFired: Event, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("timer", "timer-fired")

    /// The service it is for.
    public let owner: String
    /// The timer's name.
    public let name: String
    /// What it is about.
    public let subject: String
    /// What has come due.
    public let purpose: String
    /// When it came due.
    public let dueAt: Date

    /// A firing.
    public init(owner: String, name: String, subject: String, purpose: String, dueAt: Date) {
        self.owner = owner
        self.name = name
        self.subject = subject
        self.purpose = purpose
        self.dueAt = dueAt
    }
}
