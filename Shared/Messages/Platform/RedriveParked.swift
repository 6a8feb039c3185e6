public import Kernel

/// Asks a service to take a parked message, and what is held behind it, once more and in order.
public struct RedriveParked: Command, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("platform", "redrive-parked")

    /// The parked row whose key is to be taken up again.
    public let parkedID: Int64

    /// Redrives the key of the row `parkedID`.
    public init(parkedID: Int64) { self.parkedID = parkedID }
}

/// Asks a service to give a parked message up for good. What is held behind it is then taken in order.
public struct DiscardParked: Command, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("platform", "discard-parked")

    /// The parked row to give up. It must be the first of its key.
    public let parkedID: Int64
    /// Who decided so.
    @Text<NameText> public private(set) var operatorName: String
    /// Why; it stands in the audit trail and in the answer to the sender.
    @Text<ReasonText> public private(set) var reason: String

    /// Discards the row `parkedID`.
    public init(parkedID: Int64, operatorName: String, reason: String) {
        self.parkedID = parkedID
        self.operatorName = operatorName
        self.reason = reason
    }
}
