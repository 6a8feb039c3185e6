public import Foundation

/// Which timer: its owner, and the owner's name for it.
public struct TimerID: Sendable, Hashable, Comparable {
    /// The service that asked for it.
    public let owner: String
    /// Its name among that service's.
    public let name: String

    /// A timer's id.
    public init(owner: String, name: String) { (self.owner, self.name) = (owner, name) }

    /// The order in which rows are locked.
    public static func < (a: TimerID, b: TimerID) -> Bool { (a.owner, a.name) < (b.owner, b.name) }
}

/// When a timer comes due, as far as it is known.
public enum TimerDue: Sendable, Hashable {
    /// At an instant.
    case at(Date)
    /// So many working days after an instant. The calendar reaches not so far yet: it lacks that year.
    case provisional(workingDays: Int, after: Date, missingYear: Int)

    /// The instant, where it is known.
    public var instant: Date? {
        guard case .at(let instant) = self else { return nil }
        return instant
    }
}

/// A timer as it is kept.
public struct StoredTimer: Sendable, Hashable {
    /// How far it has come.
    public enum State: String, Sendable, Hashable, Codable, CaseIterable {
        /// It will fire.
        case waiting
        /// It will fire, and nobody knows when: the calendar lacks the year.
        case provisional
        /// It has fired, and will not again.
        case fired
        /// Its owner no longer wants it.
        case cancelled
    }

    /// Which one.
    public let id: TimerID
    /// What it is about: the key of its firing.
    public let subject: String
    /// What comes due.
    public let purpose: String
    /// When.
    public let due: TimerDue
    /// How long after that it fires.
    public let graceSeconds: Int
    /// How far it has come.
    public var state: State

    /// A timer.
    public init(id: TimerID, subject: String, purpose: String, due: TimerDue, graceSeconds: Int, state: State) {
        self.id = id
        self.subject = subject
        self.purpose = purpose
        self.due = due
        self.graceSeconds = graceSeconds
        self.state = state
    }

    /// When it fires; nil while that is not known, and once it has fired or was cancelled.
    public var firesAt: Date? { state == .waiting ? due.instant?.addingTimeInterval(Double(graceSeconds)) : nil }
}
