import Synchronization

/// Serves many timeouts with few timers: almost every timeout is cancelled, and a timer of its own for each would cost more than the
/// awaited work. A timeout later than the next scheduled wake-up costs one dictionary entry.
final class TimeoutScheduler: Sendable {
    /// The scheduler of this process.
    static let shared = TimeoutScheduler()

    fileprivate struct State {
        var timeouts: [UInt64: (at: ContinuousClock.Instant, action: @Sendable () -> Void)] = [:]
        var last: UInt64 = 0
        /// The next scheduled wake-up.
        var next: ContinuousClock.Instant?
    }

    private let state = Mutex(State())

    /// Calls `action` once, after `time` and never before. It must be short.
    /// - Returns: the id that `cancel` takes
    func set(after time: Duration, _ action: @escaping @Sendable () -> Void) -> UInt64 {
        let at = ContinuousClock.now + max(.zero, time)
        let (id, isNext) = state.withLock { state in
            state.last += 1
            state.timeouts[state.last] = (at, action)
            return (state.last, state.isNextWakeUp(at))
        }
        if isNext { wake(at) }
        return id
    }

    /// Cancels a timeout. An action that is already being called is not stopped.
    func cancel(_ id: UInt64) { state.withLock { _ = $0.timeouts.removeValue(forKey: id) } }

    private func wake(_ at: ContinuousClock.Instant) {
        Task {
            try? await Task.sleep(until: at, tolerance: .zero, clock: .continuous)
            fire(at)
        }
    }

    private func fire(_ at: ContinuousClock.Instant) {
        let now = ContinuousClock.now
        let (due, next) = state.withLock { state in
            // An earlier timeout may have replaced this wake-up; then that one schedules the next.
            if state.next == at { state.next = nil }
            let due = state.timeouts.filter { $0.value.at <= now }
            for id in due.keys { state.timeouts[id] = nil }
            let next = state.timeouts.values.map(\.at).min()
            return (due, next.flatMap { state.isNextWakeUp($0) ? $0 : nil })
        }
        for timeout in due.values { timeout.action() }
        if let next { wake(next) }
    }
}

extension TimeoutScheduler.State {
    /// Whether `at` is earlier than the next wake-up; if so, it becomes the next wake-up.
    fileprivate mutating func isNextWakeUp(_ at: ContinuousClock.Instant) -> Bool {
        if let next, next <= at { return false }
        next = at
        return true
    }
}
