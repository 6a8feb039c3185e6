import Foundation
import Metrics
import ServiceHost
import Synchronization

/// A circuit breaker for the bank. It opens after three failed exchanges in a row, for a pause that doubles up to a bound; one exchange
/// then tests whether the bank answers again.
final class BankCircuitBreaker: Sendable {
    private struct State {
        var failures = 0
        var openUntil = ContinuousClock.now
    }

    private static let failureThreshold = 3
    private let minimumPause: Duration
    private let maximumPause: Duration
    private let state = Mutex(State())
    private let isOpenGauge = Gauge(label: "payout_bank_circuit_open")
    private let exchanges = Counter(label: "payout_bank_exchanges_total")
    private let failed = Counter(label: "payout_bank_silences_total")

    init(minimumPause: Duration = .seconds(1), maximumPause: Duration = .seconds(30)) {
        self.minimumPause = minimumPause
        self.maximumPause = maximumPause
    }

    /// How long to wait before the next exchange; zero while the circuit is closed.
    var pause: Duration { max(.zero, state.withLock { $0.openUntil } - .now) }

    /// The state for readiness: unwell while the circuit is open.
    var health: HealthState {
        let failures = state.withLock { $0.failures }
        return failures < Self.failureThreshold
            ? .well : .unwell("the bank did not answer \(failures) times in a row; payments wait until it answers")
    }

    /// Records whether an exchange was answered.
    func record(isAnswered: Bool) {
        exchanges.increment()
        if !isAnswered { failed.increment() }
        let isOpen = state.withLock { state in
            state.failures = isAnswered ? 0 : state.failures + 1
            guard state.failures >= Self.failureThreshold else {
                state.openUntil = .now
                return false
            }
            let doublings = min(state.failures - Self.failureThreshold, 6)
            state.openUntil = .now + min(maximumPause, minimumPause * (1 << doublings))
            return true
        }
        isOpenGauge.record(isOpen ? 1 : 0)
    }
}
