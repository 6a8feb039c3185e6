import Foundation
import Synchronization

/// The commands that wait for an event that their senders have seen and that is not applied here yet.
///
/// The event usually arrives within milliseconds. But the version that a command names may be wrong, and would block the command's
/// partition for ever; so the wait is bounded, and afterwards the command is refused.
final class EventWaits: Sendable {
    /// How long a command may wait: longer than a restart of a service takes.
    static let limit = Duration.seconds(120)
    /// Beyond this many entries old ones are dropped; those commands wait for the limit again.
    private static let atMost = 1024

    private let since = Mutex<[UUID: ContinuousClock.Instant]>([:])

    init() {}

    /// Whether a command may continue to wait. Called each time its event is missing; the first call starts its wait.
    func mayWait(_ id: UUID, now: ContinuousClock.Instant = .now) -> Bool {
        since.withLock { since in
            guard let begun = since[id] else {
                if since.count >= Self.atMost { since = since.filter { now - $0.value < Self.limit } }
                if since.count >= Self.atMost { since = [:] }
                since[id] = now
                return true
            }
            guard now - begun >= Self.limit else { return true }
            since[id] = nil
            return false
        }
    }
}
