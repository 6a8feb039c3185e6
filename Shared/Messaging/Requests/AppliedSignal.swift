import Messages
import Postgres
import Synchronization

/// Resumes the readers that wait until events are applied (read-your-writes). It is signalled after every batch that records outcomes of
/// this service's commands or applies their events, by this process or, through NOTIFY, by another instance of the service.
final class AppliedSignal: Sendable {
    /// The channel on which instances notify each other.
    static let channel = "quan_applied"

    /// Notifies the other instances when the transaction commits.
    static let notify = PostgresStep(PostgresStatement("applied.notify", "select pg_notify('\(channel)', '')"), [])

    private struct State {
        var generation: UInt64 = 0
        var lastWaiter: UInt64 = 0
        /// The waiting readers; nil for one that has begun to wait and is not suspended yet.
        var waiters: [UInt64: CheckedContinuation<Void, Never>?] = [:]
    }

    private let state = Mutex(State())

    init() {}

    /// The number of signals so far. Read it before the query whose result decides whether to wait, so that no signal is missed.
    var generation: UInt64 { state.withLock { $0.generation } }

    /// Resumes all waiting readers.
    func signal() {
        let resumed = state.withLock { state in
            state.generation += 1
            defer { state.waiters.removeAll() }
            return state.waiters.values.compactMap(\.self)
        }
        for continuation in resumed { continuation.resume() }
    }

    /// Waits for a signal after `generation`, at most `limit`. Returns at once when there was one.
    func wait(after generation: UInt64, atMost limit: Duration) async {
        let id = state.withLock { state in
            state.lastWaiter += 1
            state.waiters[state.lastWaiter] = .some(nil)
            return state.lastWaiter
        }
        let timeout = TimeoutScheduler.shared.set(after: limit) { [self] in end(id) }
        defer { TimeoutScheduler.shared.cancel(timeout) }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    // It has ended already when a signal or its timeout came before this.
                    guard state.waiters[id] != nil, state.generation == generation else {
                        state.waiters[id] = nil
                        return true
                    }
                    state.waiters[id] = .some(continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            end(id)
        }
    }

    private func end(_ id: UInt64) { state.withLock { $0.waiters.removeValue(forKey: id) ?? nil }?.resume() }
}
