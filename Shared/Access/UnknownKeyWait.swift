public import Messaging
import Synchronization

/// The token's verification key has not arrived here yet. The command is retried for a limited time.
public struct KeyNotArrived: TransientFailure, CustomStringConvertible {
    /// The message for the operator.
    public var description: String { "the key that a token is signed with has not arrived from identity yet" }
}

/// Decides whether a command may wait for a verification key that is not known here.
///
/// Anyone can write a key id into a token, and a waiting command blocks its partition. So a wait ends after `timeout`, and after a timeout
/// no new wait starts during `backoff`: forged key ids cost at most `timeout / (timeout + backoff)` of the time. Genuine keys need no wait,
/// because identity publishes a key before it signs with it.
struct UnknownKeyWait: Sendable {
    private enum State: Sendable {
        case waiting(since: ContinuousClock.Instant)
        case backingOff(since: ContinuousClock.Instant)
    }

    static let timeout: Duration = .seconds(60)
    static let backoff: Duration = .seconds(600)

    private var state: State?

    /// Whether a command may wait for an unknown key at `now`. All unknown keys share one wait.
    mutating func mayWait(at now: ContinuousClock.Instant) -> Bool {
        switch state {
        case nil:
            state = .waiting(since: now)
            return true
        case .waiting(let start) where now - start < Self.timeout: return true
        case .waiting(let start) where now - start < Self.timeout + Self.backoff:
            state = .backingOff(since: now)
            return false
        case .backingOff(let start) where now - start < Self.backoff: return false
        case .waiting, .backingOff:
            state = .waiting(since: now)
            return true
        }
    }

    /// A key has arrived. It may be the awaited one, so the wait is reset.
    mutating func keyArrived() { state = nil }
}

/// The waits of this process, one for each database, because a test runs several services in one process.
final class UnknownKeyWaits: Sendable {
    static let shared = UnknownKeyWaits()

    private struct Waits: Sendable {
        var waits = UnknownKeyWait()
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
