public import Kernel

/// Asks a service to process a parked message and the messages held behind it again, in order.
public struct RedriveParked: Command, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("platform", "redrive-parked")

    /// The parked row whose key is redriven.
    public let parkedID: Int64

    /// Redrives the key of the row `parkedID`.
    public init(parkedID: Int64) { self.parkedID = parkedID }
}

/// Asks a service to discard a parked message for good. The messages held behind it are then processed in order.
public struct DiscardParked: Command, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("platform", "discard-parked")

    /// The parked row to discard. It must be the first of its key.
    public let parkedID: Int64
    /// The operator who decided it.
    @Text<NameText> public private(set) var operatorName: String
    /// The reason; it is written to the audit trail and to the answer to the sender.
    @Text<ReasonText> public private(set) var reason: String

    /// Discards the row `parkedID`.
    public init(parkedID: Int64, operatorName: String, reason: String) {
        self.parkedID = parkedID
        self.operatorName = operatorName
        self.reason = reason
    }
}
