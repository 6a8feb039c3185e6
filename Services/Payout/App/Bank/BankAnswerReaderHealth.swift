import ServiceHost
import Synchronization

/// Whether the bank's list of answers can be read. An unreadable page stops the reader, because skipping it would lose answers.
final class BankAnswerReaderHealth: Sendable {
    private static let failureThreshold = 3
    private let failures = Mutex<(count: Int, last: String)>((0, ""))

    /// The state for readiness.
    var health: HealthState {
        let (count, last) = failures.withLock { $0 }
        return count < Self.failureThreshold ? .well : .unwell("reading the bank's list of answers failed \(count) times in a row: \(last)")
    }

    func recordSuccess() { failures.withLock { $0 = (0, "") } }

    func recordFailure(_ error: any Error) { failures.withLock { $0 = ($0.count + 1, "\(error)") } }
}
