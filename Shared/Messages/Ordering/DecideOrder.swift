public import Foundation
public import Kernel

/// Asks ordering to take a step of an order that needs no input but a reason. Sent by a role that the programme permits.
public struct DecideOrder: Command, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("ordering", "decide-order")

    /// The decision, by the command's name in the programme's procedure `order`.
    public enum Decision: String, Codable, Sendable, Hashable, CaseIterable {
        /// The institution accepts it.
        case accept = "accept-order"
        /// The institution declines it.
        case decline = "decline-order"
        /// The enterprise withdraws it.
        case cancel = "cancel-order"
        /// The enterprise confirms that the service was rendered.
        case confirmCompletion = "confirm-completion"
    }

    /// The order.
    public let orderID: UUID
    /// The decision.
    public let decision: Decision
    /// The reason; the programme says where it is required.
    @OptionalText<ReasonText> public private(set) var reason: String?

    /// Decides on an order.
    public init(orderID: UUID, decision: Decision, reason: String? = nil) {
        self.orderID = orderID
        self.decision = decision
        self.reason = reason
    }
}
