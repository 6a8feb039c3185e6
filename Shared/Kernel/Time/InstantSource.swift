public import Foundation
import Synchronization

/// The source of a process's current time.
///
/// Decisions get their instant passed in and never read the clock, so that lag, outages and replays do not change an outcome.
public protocol InstantSource: Sendable {
    /// The present instant.
    func now() -> Date
}

/// The machine's clock. Tokens, leases and retries always use it.
public struct WallClock: InstantSource {
    /// The machine's clock.
    public init() {}

    /// The present instant by the machine's clock.
    public func now() -> Date { Date() }
}

/// A clock that changes only when it is set, for tests and rehearsals. Safe to share between tasks.
public final class FixedClock: InstantSource {
    private let instant: Mutex<Date>

    /// A clock set to `instant`.
    public init(_ instant: Date) { self.instant = Mutex(instant) }

    /// The instant of the clock.
    public func now() -> Date { instant.withLock { $0 } }

    /// Sets the clock to `instant`, earlier or later.
    public func set(_ instant: Date) { self.instant.withLock { $0 = instant } }

    /// Advances the clock by `seconds` and returns the new instant.
    @discardableResult
    public func advance(seconds: TimeInterval) -> Date {
        instant.withLock { instant in
            instant.addTimeInterval(seconds)
            return instant
        }
    }
}
