import Messages

/// The two toy services that the suite drives: the asker promises commands and follows events, the counter decides.
enum Role: String, Sendable, CaseIterable {
    case counter
    case asker

    /// The topics it reads what matters from; losing them is what an eviction is about.
    var topicsRead: [String] {
        switch self {
        case .counter: [Topic.commands(of: "counter")]
        case .asker: [Topic.events(of: "counter"), Topic.replies]
        }
    }
}
