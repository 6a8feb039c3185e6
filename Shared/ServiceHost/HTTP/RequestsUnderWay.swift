import Synchronization

/// How many requests of each client are under way. Connections of a proxy carry those of many clients, so that counting connections
/// says nothing there.
final class RequestsUnderWay: Sendable {
    private let counts = Mutex<[String: Int]>([:])
    private let most: Int

    /// - Parameter most: at most so many of one client.
    init(most: Int) { self.most = most }

    /// Notes a request. Returns false, and notes nothing, where the client has as many as it may.
    func begin(_ client: String) -> Bool {
        counts.withLock { counts in
            let count = counts[client] ?? 0
            guard count < most else { return false }
            counts[client] = count + 1
            return true
        }
    }

    /// Notes that a request has been answered.
    func end(_ client: String) {
        counts.withLock { counts in
            guard let count = counts[client] else { return }
            counts[client] = count > 1 ? count - 1 : nil
        }
    }
}
