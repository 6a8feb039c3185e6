/// A topic of the platform: who writes to it, who reads it, and how long its log keeps what is written.
///
/// `all` is the one list of them. Services make what is missing of it when they start, `quan topics` prints it, and access to Kafka is
/// granted by it.
public struct PlatformTopic: Sendable, Hashable {
    /// What a topic is for.
    public enum Kind: String, Sendable, CaseIterable {
        /// What a service is asked to do.
        case commands
        /// What a service tells all others.
        case events
        /// What a service says of the messages it has set aside.
        case parked
        /// The answers to commands of every service.
        case replies
    }

    /// Its name.
    public let name: String
    /// What it is for.
    public let kind: Kind
    /// Who writes to it, in alphabetical order: services, and `quan`, the operator's tool.
    public let writers: [String]
    /// Who reads it, in alphabetical order.
    public let readers: [String]

    /// A topic.
    public init(name: String, kind: Kind, writers: Set<String>, readers: Set<String>) {
        self.name = name
        self.kind = kind
        self.writers = writers.sorted()
        self.readers = readers.sorted()
    }

    /// Whether its messages are spread over partitions, so that several instances of a service share them. What nobody waits for has one.
    public var isSpread: Bool { kind != .parked }

    /// How many days the log keeps a message. Messages that the log has lost are sent again from the outboxes, which keep them for 14 days;
    /// what was set aside is looked at by people.
    public var retentionDays: Int {
        switch kind {
        case .commands, .events: 14
        case .replies: 7
        case .parked: 28
        }
    }
}

extension PlatformTopic {
    /// The operator's tool as it stands among writers and readers.
    public static let operatorTool = "quan"

    /// Every service, in the order in which they are started and told of.
    public static let services = links.map(\.name)

    /// Every topic of the platform, in alphabetical order.
    public static let all: [PlatformTopic] = (links.flatMap { topics(of: $0) } + [replies]).sorted { $0.name < $1.name }

    /// The topics that a service reads or writes.
    public static func used(by service: String) -> [PlatformTopic] {
        all.filter { $0.writers.contains(service) || $0.readers.contains(service) }
    }

    /// What a service has to do with the others.
    private struct Link {
        let name: String
        /// Which services send it commands.
        let commandsFrom: Set<String>
        /// Whose events it reads.
        let follows: Set<String>
        /// Whether it waits for answers to what it sends.
        var readsReplies = false

        /// Whether it reads something that the other writes.
        func reads(_ other: Link) -> Bool { follows.contains(other.name) || commandsFrom.contains(other.name) || readsReplies }
    }

    private static let links: [Link] = [
        Link(name: "catalogue", commandsFrom: ["identity", "payout", "portal", "redemption"], follows: ["identity", "portal"]),
        Link(name: "identity", commandsFrom: ["ordering", "portal"], follows: ["catalogue", "timer"]),
        Link(
            name: "ordering", commandsFrom: ["identity", "ordering", "payout", "portal", "redemption"],
            follows: ["catalogue", "identity", "redemption", "timer"]),
        Link(name: "redemption", commandsFrom: ["portal", "redemption"], follows: ["catalogue", "identity", "ordering", "timer"]),
        Link(name: "payout", commandsFrom: ["portal"], follows: ["catalogue", "identity", "ordering", "redemption"]),
        Link(name: "timer", commandsFrom: ["identity", "ordering", "redemption"], follows: []),
        Link(
            name: "portal", commandsFrom: [], follows: ["catalogue", "identity", "ordering", "payout", "redemption", "timer"],
            readsReplies: true),
    ]

    private static func topics(of service: Link) -> [PlatformTopic] {
        // Who reads what a service wrote asks it to send again what the log has lost, by a command; and as commands are numbered too, the
        // service asks whoever may have sent it one.
        let linked = links.filter { $0.reads(service) || service.reads($0) }.map(\.name)
        return [
            PlatformTopic(
                name: Topic.commands(of: service.name), kind: .commands, writers: Set(linked + [operatorTool]), readers: [service.name]),
            PlatformTopic(
                name: Topic.events(of: service.name), kind: .events, writers: [service.name],
                readers: Set(links.filter { $0.follows.contains(service.name) }.map(\.name))),
            PlatformTopic(name: Topic.parked(of: service.name), kind: .parked, writers: [service.name], readers: []),
        ]
    }

    private static let replies = PlatformTopic(
        name: Topic.replies, kind: .replies, writers: Set(links.map(\.name)),
        readers: Set(links.filter(\.readsReplies).map(\.name)).union([operatorTool]))
}
