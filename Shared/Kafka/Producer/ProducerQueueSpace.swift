import Synchronization

/// Lets calls of `send` wait while librdkafka's queue is full. All waiters are resumed after each delivery report and at least ten
/// times a second, so that a missed wake-up costs little and each caller can enforce its own deadline.
final class ProducerQueueSpace: Sendable {
    private struct State {
        var waiters: [CheckedContinuation<Void, Never>] = []
        var isClosed = false
    }

    private let state = Mutex(State())

    func wait() async {
        await withCheckedContinuation { continuation in
            let isClosed = state.withLock { state in
                if !state.isClosed { state.waiters.append(continuation) }
                return state.isClosed
            }
            if isClosed { continuation.resume() }
        }
    }

    func resumeWaiters() {
        for waiter in takeWaiters(isClosing: false) { waiter.resume() }
    }

    /// Resumes all waiters; later calls of `wait` return at once.
    func close() {
        for waiter in takeWaiters(isClosing: true) { waiter.resume() }
    }

    private func takeWaiters(isClosing: Bool) -> [CheckedContinuation<Void, Never>] {
        state.withLock { state in
            state.isClosed = state.isClosed || isClosing
            defer { state.waiters = [] }
            return state.waiters
        }
    }
}
