import Synchronization

/// One value for one wait. The wait ends once: by the value, by its time limit or by cancellation, whichever comes first.
public final class OneShot<Value: Sendable>: Sendable {
    private enum State {
        /// There is no value yet. The continuation is that of the wait, once it is suspended.
        case waiting(CheckedContinuation<Value?, Never>?)
        /// There is a value, and the wait has not taken it yet.
        case resumed(Value)
        /// The wait has ended.
        case ended
    }

    private let state = Mutex(State.waiting(nil))

    /// Creates one without a value.
    public init() {}

    /// Ends the wait with a value, or keeps it for the wait that follows; a later value replaces one that was not taken.
    /// - Returns: false if the wait has ended already; then the value is dropped.
    @discardableResult
    public func resume(_ value: Value) -> Bool {
        state.withLock { state in
            switch state {
            case .waiting(let continuation?):
                state = .ended
                continuation.resume(returning: value)
            case .waiting(nil), .resumed: state = .resumed(value)
            case .ended: return false
            }
            return true
        }
    }

    /// Waits for the value, at most `limit`; nil when the limit or cancellation comes first. Only one task may wait, and only once.
    public func wait(atMost limit: Duration) async -> Value? {
        let end = ContinuousClock.now + limit
        var timer: Task<Void, Never>?
        defer { timer?.cancel() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard suspend(continuation) else { return }
                timer = Task {
                    try? await Task.sleep(until: end, tolerance: .zero, clock: .continuous)
                    endWithoutValue()
                }
            }
        } onCancel: {
            endWithoutValue()
        }
    }

    /// Keeps the continuation of the wait, or resumes it if the wait has its result already. Returns whether it is kept.
    private func suspend(_ continuation: CheckedContinuation<Value?, Never>) -> Bool {
        state.withLock { state in
            switch state {
            case .waiting(let other):
                precondition(other == nil, "only one task may wait")
                state = .waiting(continuation)
                return true
            case .resumed(let value): continuation.resume(returning: value)
            case .ended: continuation.resume(returning: nil)
            }
            state = .ended
            return false
        }
    }

    private func endWithoutValue() {
        state.withLock { state in
            guard case .waiting(let continuation) = state else { return }
            state = .ended
            continuation?.resume(returning: nil)
        }
    }
}
