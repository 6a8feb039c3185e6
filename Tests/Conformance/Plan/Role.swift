import Messages

/// The two toy services of the suite: the asker accepts commands and reads events, the counter decides.
enum Role: String, Sendable, CaseIterable {
    case counter
    case asker

    /// The topics that the service reads and an eviction affects.
    var topicsRead: [String] {
        switch self {
        case .counter: [Topic.commands(of: "counter")]
        case .asker: [Topic.events(of: "counter"), Topic.replies]
        }
    }
}
