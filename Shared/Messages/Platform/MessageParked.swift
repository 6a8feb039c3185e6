/// A service has parked a message and holds the later messages of the same key.
public struct MessageParked: Message, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("platform", "message-parked")

    /// The number of the row in the service's table `parked`.
    public let parkedID: Int64
    /// The topic it came from.
    public let topic: String
    /// Its partition there.
    public let partition: Int32
    /// Its offset there.
    public let offset: Int64
    /// The reason, as a stable short name.
    public let reason: String

    /// A notice about one parked message.
    public init(parkedID: Int64, topic: String, partition: Int32, offset: Int64, reason: String) {
        self.parkedID = parkedID
        self.topic = topic
        self.partition = partition
        self.offset = offset
        self.reason = reason
    }
}
