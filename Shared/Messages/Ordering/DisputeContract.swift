public import Foundation
public import Kernel

/// Asks ordering to set a recorded contract aside because it is not what the enterprise signed. By the enterprise.
public struct DisputeContract: Command, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("ordering", "dispute-contract")

    /// The order.
    public let orderID: UUID
    /// What is wrong with the contract as recorded.
    @Text<ReasonText> public private(set) var reason: String

    /// Disputes a contract.
    public init(orderID: UUID, reason: String) {
        self.orderID = orderID
        self.reason = reason
    }
}
