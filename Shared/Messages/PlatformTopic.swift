/// A topic of the platform: its writers, its readers and its retention.
///
/// `all` is the only list of topics. Services create missing topics from it when they start, `quan topics` prints it, and Kafka's access
/// control follows it.
public struct PlatformTopic: Sendable, Hashable {
    /// The purpose of a topic.
    public enum Kind: String, Sendable, CaseIterable {
        /// Commands to a service.
        case commands
        /// Events of a service.
        case events
        /// Notices about a service's parked messages.
        case parked
        /// The answers to commands of every service.
        case replies
    }

    /// The name.
    public let name: String
    /// The purpose.
    public let kind: Kind
    /// The writers in alphabetical order: services, and `quan`, the operator's tool.
    public let writers: [String]
    /// The readers in alphabetical order.
    public let readers: [String]

    /// A topic.
    public init(name: String, kind: Kind, writers: Set<String>, readers: Set<String>) {
        self.name = name
        self.kind = kind
        self.writers = writers.sorted()
        self.readers = readers.sorted()
    }

    /// Whether it has several partitions, so that several instances of a service can share the load. Notices of parked messages have one
    /// partition.
    public var isSpread: Bool { kind != .parked }

    /// The retention in days. Lost commands and events are republished from the outboxes, which keep them for 14 days; notices of parked
    /// messages are kept longer, because people read them.
    public var retentionDays: Int {
        switch kind {
        case .commands, .events: 14
        case .replies: 7
        case .parked: 28
        }
    }
}

extension PlatformTopic {
    /// The name of the operator's tool among writers and readers.
    public static let operatorTool = "quan"

    /// Every service, in the order in which they are started and listed.
    public static let services = links.map(\.name)

    /// Every topic of the platform, in alphabetical order.
    public static let all: [PlatformTopic] = (links.flatMap { topics(of: $0) } + [replies]).sorted { $0.name < $1.name }

    /// The topics that a service reads or writes.
    public static func used(by service: String) -> [PlatformTopic] {
        all.filter { $0.writers.contains(service) || $0.readers.contains(service) }
    }

    /// The message flows between a service and the others.
    private struct Link {
        let name: String
        /// The services that send it commands.
        let commandsFrom: Set<String>
        /// The services whose events it subscribes to.
        let follows: Set<String>
        /// Whether it reads the answers to its commands.
        var readsReplies = false

        /// Whether it reads a topic that the other service writes.
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
        // A reader sends `Republish` commands to the writer of a topic. Commands are numbered too, so a service also sends them to the
        // senders of its commands.
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
