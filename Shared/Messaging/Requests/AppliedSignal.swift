import Kernel
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
        var waiting: [ObjectIdentifier: OneShot<Void>] = [:]
    }

    private let state = Mutex(State())

    init() {}

    /// The number of signals so far. Read it before the query whose result decides whether to wait, so that no signal is missed.
    var generation: UInt64 { state.withLock { $0.generation } }

    /// Whether no reader waits.
    var isEmpty: Bool { state.withLock { $0.waiting.isEmpty } }

    /// Resumes all waiting readers.
    func signal() {
        state.withLock { state in
            state.generation += 1
            for reader in state.waiting.values { reader.resume(()) }
            state.waiting.removeAll()
        }
    }

    /// Waits for a signal after `generation`, at most `limit`. Returns at once when there was one.
    func wait(after generation: UInt64, atMost limit: Duration) async {
        let reader = OneShot<Void>()
        let mustWait = state.withLock { state in
            guard state.generation == generation else { return false }
            state.waiting[ObjectIdentifier(reader)] = reader
            return true
        }
        guard mustWait else { return }
        _ = await reader.wait(atMost: limit)
        state.withLock { $0.waiting[ObjectIdentifier(reader)] = nil }
    }
}
