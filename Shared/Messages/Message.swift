/// A message between services: a JSON body whose schema is determined by its type name.
///
/// A type name has the form `<service>.<name>.v<version>`. An incompatible change needs a new version beside the old one;
/// readers ignore fields they do not know.
public protocol Message: Codable, Sendable {
    /// The type name in the `ce_type` header.
    static var type: MessageType { get }
}

/// A request to one service, named in the imperative (`ordering.place-order.v1`). It is answered once, on `replies`.
public protocol Command: Message {}

/// A fact that one service publishes to all others, named in the past tense (`ordering.order-placed.v1`). Events of one key
/// are numbered from 1 without gaps, and are applied in that order.
public protocol Event: Message {}

extension Command {
    /// The topic from which the owning service consumes its commands.
    public static var topic: String { Topic.commands(of: type.service) }
}

extension Event {
    /// The topic that the owning service publishes its events on.
    public static var topic: String { Topic.events(of: type.service) }
}
