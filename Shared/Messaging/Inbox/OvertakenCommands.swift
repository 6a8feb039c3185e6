import Foundation
import Synchronization

/// Since when commands have waited for an event that their senders have been told of and that has not arrived here.
///
/// The event is almost always milliseconds away. But the version that a command names is its sender's word, and a wrong one would hold up the
/// command's partition for ever: so the wait has a bound, after which the command is refused.
final class OvertakenCommands: Sendable {
    /// How long a command may wait: longer than a service takes to start again.
    static let limit = Duration.seconds(120)
    /// What is beyond this many is forgotten, and waits anew.
    private static let atMost = 1024

    private let since = Mutex<[UUID: ContinuousClock.Instant]>([:])

    init() {}

    /// Whether a command may wait on. Asked each time it finds its event missing; the first time its wait begins.
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
