import Synchronization

/// Wakes one waiting task. A signal that is raised while no task waits is kept for the next wait.
public final class WakeSignal: Sendable {
    /// The shot of the current wait, or of the next one.
    private let current = Mutex(OneShot<Void>())

    /// Creates a signal that is not raised.
    public init() {}

    /// Raises the signal. It does not block, and several signals before a wait count as one.
    public func signal() {
        current.withLock { current in
            if current.resume(()) { return }
            // The wait has ended meanwhile: the signal is for the next one.
            current = OneShot()
            current.resume(())
        }
    }

    /// Waits for a signal, for `limit` or for cancellation, whichever comes first. One waiter at a time.
    public func wait(atMost limit: Duration) async {
        let shot = current.withLock { $0 }
        _ = await shot.wait(atMost: limit)
        // A signal since the end of the wait has begun the next shot already.
        current.withLock { if $0 === shot { $0 = OneShot() } }
    }
}
