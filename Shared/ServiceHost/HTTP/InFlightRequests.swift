import Synchronization

/// Counts the requests in progress of each client. Connections of a proxy carry the requests of many clients, so that a bound of
/// connections is not enough.
final class InFlightRequests: Sendable {
    private let counts = Mutex<[String: Int]>([:])
    private let maximumPerClient: Int

    /// - Parameter maximumPerClient: the maximum number of requests in progress of one client.
    init(maximumPerClient: Int) { self.maximumPerClient = maximumPerClient }

    /// Counts a request. Returns false, and does not count it, when the client has reached the maximum.
    func begin(_ client: String) -> Bool {
        counts.withLock { counts in
            let count = counts[client] ?? 0
            guard count < maximumPerClient else { return false }
            counts[client] = count + 1
            return true
        }
    }

    /// Removes an answered request from the count.
    func end(_ client: String) {
        counts.withLock { counts in
            guard let count = counts[client] else { return }
            counts[client] = count > 1 ? count - 1 : nil
        }
    }
}
