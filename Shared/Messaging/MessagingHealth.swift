import Synchronization

/// What keeps a service's messages from moving, by part; empty when they move.
public final class MessagingHealth: Sendable {
    private let state = Mutex<[String: String]>([:])

    init() {}

    /// The troubles that stand now: which part, and what is wrong.
    public var problems: [String: String] { state.withLock { $0 } }

    func report(_ part: String, _ problem: String) { state.withLock { $0[part] = problem } }

    func clear(_ part: String) { state.withLock { _ = $0.removeValue(forKey: part) } }
}
