public import Messaging
import Synchronization

/// A token names a key that has not arrived here yet: the command waits for it, for a while.
public struct KeyNotArrived: TransientFailure, CustomStringConvertible {
    /// What the operator reads.
    public var description: String { "the key that a token is signed with has not arrived from identity yet" }
}

/// How long commands wait for keys that are not known here.
///
/// Anybody can write a key's id into a token, and a command that waits holds up its partition. So a wait has an end (`patience`), and after
/// a wait in vain no other begins for a time (`distrust`): whatever is sent, at most that share of the time is lost. Keys in their ordinary
/// course need no wait at all, as identity publishes them before it signs with them.
struct KeyWaits: Sendable {
    private enum Course: Sendable {
        case begun(ContinuousClock.Instant)
        case vain(ContinuousClock.Instant)
    }

    static let patience: Duration = .seconds(60)
    static let distrust: Duration = .seconds(600)

    private var course: Course?

    /// Whether a command may wait for an unknown key at `now`. All unknown keys share one wait.
    mutating func mayWait(at now: ContinuousClock.Instant) -> Bool {
        switch course {
        case nil:
            course = .begun(now)
            return true
        case .begun(let start) where now - start < Self.patience: return true
        case .begun(let start) where now - start < Self.patience + Self.distrust:
            course = .vain(now)
            return false
        case .vain(let end) where now - end < Self.distrust: return false
        case .begun, .vain:
            course = .begun(now)
            return true
        }
    }

    /// A key has arrived: what was waited for may have been it, so the wait was not in vain.
    mutating func keyArrived() { course = nil }
}

/// The waits of this process, one for each database: a test runs several services in one process.
final class ProcessKeyWaits: Sendable {
    static let shared = ProcessKeyWaits()

    private struct Waits: Sendable {
        var waits = KeyWaits()
        var keysKnown = 0
    }

    private let waits = Mutex<[String: Waits]>([:])

    func mayWait(database: String, keysKnown: Int, at now: ContinuousClock.Instant = .now) -> Bool {
        waits.withLock { all in
            var waits = all[database] ?? Waits()
            if keysKnown > waits.keysKnown { waits.waits.keyArrived() }
            waits.keysKnown = keysKnown
            defer { all[database] = waits }
            return waits.waits.mayWait(at: now)
        }
    }
}
