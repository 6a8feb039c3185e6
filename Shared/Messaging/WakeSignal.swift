import Synchronization

/// Wakes one waiting task. A signal that is raised while no task waits is kept for the next wait.
final class WakeSignal: Sendable {
    private struct State {
        var isSignalled = false
        var waiter: CheckedContinuation<Void, Never>?
        var waitNumber = 0
    }

    private let state = Mutex(State())

    init() {}

    /// Raises the signal. It does not block, and several signals before a wait count as one.
    func signal() {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard let waiter = state.waiter else {
                state.isSignalled = true
                return nil
            }
            state.waiter = nil
            return waiter
        }
        waiter?.resume()
    }

    /// Waits for a signal, for `limit` or for cancellation, whichever comes first. One waiter at a time.
    func wait(atMost limit: Duration) async {
        let waitNumber = state.withLock { state -> Int? in
            if state.isSignalled {
                state.isSignalled = false
                return nil
            }
            state.waitNumber += 1
            return state.waitNumber
        }
        guard let waitNumber else { return }
        let timeout = TimeoutScheduler.shared.set(after: limit) { [self] in end(waitNumber) }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDone = state.withLock { state -> Bool in
                    if state.isSignalled || Task.isCancelled || state.waitNumber != waitNumber {
                        state.isSignalled = false
                        return true
                    }
                    state.waiter = continuation
                    return false
                }
                if isDone { continuation.resume() }
            }
        } onCancel: {
            end(waitNumber)
        }
        TimeoutScheduler.shared.cancel(timeout)
    }

    private func end(_ waitNumber: Int) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.waitNumber == waitNumber else { return nil }
            defer { state.waiter = nil }
            if state.waiter == nil { state.waitNumber += 1 }
            return state.waiter
        }
        waiter?.resume()
    }
}
