import ServiceHost
import Synchronization

/// Whether the bank's list of answers can be read. A page that cannot be read stops it: nothing on it is passed over.
final class FeedHealth: Sendable {
    private static let failuresAtMost = 3
    private let failures = Mutex<(count: Int, last: String)>((0, ""))

    /// For readiness.
    var health: HealthState {
        let (count, last) = failures.withLock { $0 }
        return count < Self.failuresAtMost ? .well : .unwell("the bank's list of answers was not read \(count) times in a row: \(last)")
    }

    /// Notes that a page was read.
    func noteRead() { failures.withLock { $0 = (0, "") } }

    /// Notes that one was not.
    func noteFailure(_ error: any Error) { failures.withLock { $0 = ($0.count + 1, "\(error)") } }
}
