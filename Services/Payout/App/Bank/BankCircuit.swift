import Foundation
import Metrics
import ServiceHost
import Synchronization

/// Whether the bank answers. After some silences in a row it is left alone for a pause that doubles up to a bound; one exchange then finds out.
final class BankCircuit: Sendable {
    private struct State {
        var silences = 0
        var closedFrom = ContinuousClock.now
    }

    private static let silencesAtMost = 3
    private let shortest: Duration
    private let longest: Duration
    private let state = Mutex(State())
    private let isOpenGauge = Gauge(label: "payout_bank_circuit_open")
    private let exchanges = Counter(label: "payout_bank_exchanges_total")
    private let silent = Counter(label: "payout_bank_silences_total")

    init(shortest: Duration = .seconds(1), longest: Duration = .seconds(30)) {
        self.shortest = shortest
        self.longest = longest
    }

    /// How long the bank is to be left alone; zero where it may be spoken to.
    var pause: Duration { max(.zero, state.withLock { $0.closedFrom } - .now) }

    /// For readiness: red while the bank is left alone.
    var health: HealthState {
        let silences = state.withLock { $0.silences }
        return silences < Self.silencesAtMost ? .well : .unwell("the bank has not answered \(silences) times in a row; payments wait")
    }

    /// Notes whether an exchange was answered.
    func note(isAnswered: Bool) {
        exchanges.increment()
        if !isAnswered { silent.increment() }
        let isOpen = state.withLock { state in
            state.silences = isAnswered ? 0 : state.silences + 1
            guard state.silences >= Self.silencesAtMost else {
                state.closedFrom = .now
                return false
            }
            let doublings = min(state.silences - Self.silencesAtMost, 6)
            state.closedFrom = .now + min(longest, shortest * (1 << doublings))
            return true
        }
        isOpenGauge.record(isOpen ? 1 : 0)
    }
}
