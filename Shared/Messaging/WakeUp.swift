import Synchronization

/// A bell: whoever waits is woken at the next ring, or at once when it has rung since the last wait.
final class WakeUp: Sendable {
    private struct State {
        var hasRung = false
        var waiter: CheckedContinuation<Void, Never>?
        var turn = 0
    }

    private let state = Mutex(State())

    init() {}

    /// Rings. Never waits, and many rings are as good as one.
    func ring() {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard let waiter = state.waiter else {
                state.hasRung = true
                return nil
            }
            state.waiter = nil
            return waiter
        }
        waiter?.resume()
    }

    /// Waits for a ring, for `limit` or for cancellation, whichever comes first. One waiter at a time.
    func wait(atMost limit: Duration) async {
        let turn = state.withLock { state -> Int? in
            if state.hasRung {
                state.hasRung = false
                return nil
            }
            state.turn += 1
            return state.turn
        }
        guard let turn else { return }
        let alarm = Alarms.shared.set(after: limit) { [self] in end(turn) }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDone = state.withLock { state -> Bool in
                    if state.hasRung || Task.isCancelled || state.turn != turn {
                        state.hasRung = false
                        return true
                    }
                    state.waiter = continuation
                    return false
                }
                if isDone { continuation.resume() }
            }
        } onCancel: {
            end(turn)
        }
        Alarms.shared.cancel(alarm)
    }

    private func end(_ turn: Int) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.turn == turn else { return nil }
            defer { state.waiter = nil }
            if state.waiter == nil { state.turn += 1 }
            return state.waiter
        }
        waiter?.resume()
    }
}
