public import Foundation
import Synchronization

/// Where a process gets the time from: the one door through which *now* comes in.
///
/// What decides anything is handed an instant and never asks for one, so that lag, outage and replay change no outcome.
public protocol InstantSource: Sendable {
    /// The present instant.
    func now() -> Date
}

/// The machine's own clock. Tokens, leases and retries always go by it.
public struct WallClock: InstantSource {
    /// The machine's clock.
    public init() {}

    /// The present instant by the machine's clock.
    public func now() -> Date { Date() }
}

/// A clock that stands still until it is set: for tests and rehearsals. Safe to share between tasks.
public final class FixedClock: InstantSource {
    private let instant: Mutex<Date>

    /// A clock that stands at `instant`.
    public init(_ instant: Date) { self.instant = Mutex(instant) }

    /// The instant the clock stands at.
    public func now() -> Date { instant.withLock { $0 } }

    /// Puts the clock to `instant`, earlier or later.
    public func set(_ instant: Date) { self.instant.withLock { $0 = instant } }

    /// Moves the clock on by `seconds`, and tells where it stands now.
    @discardableResult
    public func advance(seconds: TimeInterval) -> Date {
        instant.withLock { instant in
            instant.addTimeInterval(seconds)
            return instant
        }
    }
}
