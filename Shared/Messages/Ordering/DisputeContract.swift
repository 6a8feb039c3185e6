public import Foundation
public import Kernel

/// Asks ordering to mark a recorded contract as disputed because it differs from the signed one. Sent by the enterprise.
public struct DisputeContract: Command, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("ordering", "dispute-contract")

    /// The order.
    public let orderID: UUID
    /// What is wrong with the recorded contract.
    @Text<ReasonText> public private(set) var reason: String

    /// Disputes a contract.
    public init(orderID: UUID, reason: String) {
        self.orderID = orderID
        self.reason = reason
    }
}
