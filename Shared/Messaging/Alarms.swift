import Synchronization

/// Many bounds, few timers: almost every wait ends before its bound, and a timer of its own, set and taken back, would cost more than what is
/// waited for. A bound that lies behind the next one that the process wakes up for costs a place in a table.
final class Alarms: Sendable {
    /// Those of the process.
    static let shared = Alarms()

    fileprivate struct State {
        var alarms: [UInt64: (at: ContinuousClock.Instant, action: @Sendable () -> Void)] = [:]
        var last: UInt64 = 0
        /// When the process wakes up next.
        var next: ContinuousClock.Instant?
    }

    private let state = Mutex(State())

    /// Has `action` called once when so much time has passed, never before. It must be short.
    /// - Returns: what `cancel` takes
    func set(after time: Duration, _ action: @escaping @Sendable () -> Void) -> UInt64 {
        let at = ContinuousClock.now + max(.zero, time)
        let (id, isNext) = state.withLock { state in
            state.last += 1
            state.alarms[state.last] = (at, action)
            return (state.last, state.wakesEarlier(at))
        }
        if isNext { wake(at) }
        return id
    }

    /// Takes an alarm back. One that is being called just now is not stopped.
    func cancel(_ id: UInt64) { state.withLock { _ = $0.alarms.removeValue(forKey: id) } }

    private func wake(_ at: ContinuousClock.Instant) {
        Task {
            try? await Task.sleep(until: at, tolerance: .zero, clock: .continuous)
            ring(at)
        }
    }

    private func ring(_ at: ContinuousClock.Instant) {
        let now = ContinuousClock.now
        let (due, next) = state.withLock { state in
            // Who woke up for a bound that an earlier one has displaced leaves it to that one to set the next.
            if state.next == at { state.next = nil }
            let due = state.alarms.filter { $0.value.at <= now }
            for id in due.keys { state.alarms[id] = nil }
            let next = state.alarms.values.map(\.at).min()
            return (due, next.flatMap { state.wakesEarlier($0) ? $0 : nil })
        }
        for alarm in due.values { alarm.action() }
        if let next { wake(next) }
    }
}

extension Alarms.State {
    /// Whether that is earlier than the process would wake up; from then on it does.
    fileprivate mutating func wakesEarlier(_ at: ContinuousClock.Instant) -> Bool {
        if let next, next <= at { return false }
        next = at
        return true
    }
}
