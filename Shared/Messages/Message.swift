/// Anything that travels between services: a JSON body whose shape is fixed by its type name.
///
/// A type name reads `<service>.<what>.v<n>`. A change that an old reader would misunderstand is a new type beside the
/// old one; readers ignore fields they do not know.
public protocol Message: Codable, Sendable {
    /// The type as it stands in the `ce_type` header.
    static var type: MessageType { get }
}

/// A request to one service, named by an imperative (`ordering.place-order.v1`). It is answered once, on `replies`.
public protocol Command: Message {}

/// A fact that one service tells all others, named in the past tense (`ordering.order-placed.v1`). Events of one key
/// are numbered from 1 without holes, and are applied in that order.
public protocol Event: Message {}

extension Command {
    /// The topic that the owning service takes its commands from.
    public static var topic: String { Topic.commands(of: type.service) }
}

extension Event {
    /// The topic that the owning service publishes its events on.
    public static var topic: String { Topic.events(of: type.service) }
}
