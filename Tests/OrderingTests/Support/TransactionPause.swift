import Foundation
import Messaging
import Synchronization

/// Pauses the next transaction once its rows are locked, until `release`, so that another transaction meets the locks.
final class TransactionPause: Sendable {
    private struct State {
        var isArmed = false
        var isHolding = false
        var isReleased = false
    }

    private let state = Mutex(State())

    /// The fault hook for the service.
    var hook: FaultHook {
        { point in
            guard point == .locked else { return }
            let holds = self.state.withLock { state in
                guard state.isArmed else { return false }
                state.isArmed = false
                state.isHolding = true
                return true
            }
            guard holds else { return }
            let end = ContinuousClock.now + .seconds(8)
            while !self.state.withLock(\.isReleased), ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(2)) }
            self.state.withLock { $0.isHolding = false }
        }
    }

    func arm() { state.withLock { $0 = State(isArmed: true) } }
    func release() { state.withLock { $0.isReleased = true } }
    var isHolding: Bool { state.withLock(\.isHolding) }
}
