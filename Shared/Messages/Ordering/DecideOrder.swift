public import Foundation
public import Kernel

/// Asks ordering to take an order a step on that needs nothing but a reason. By who may take the step.
public struct DecideOrder: Command, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("ordering", "decide-order")

    /// What is asked, by the command's name in the programme's procedure `order`.
    public enum Decision: String, Codable, Sendable, Hashable, CaseIterable {
        /// The institution takes it.
        case accept = "accept-order"
        /// The institution does not take it.
        case decline = "decline-order"
        /// The enterprise withdraws it.
        case cancel = "cancel-order"
        /// The enterprise confirms that the service was rendered.
        case confirmCompletion = "confirm-completion"
    }

    /// The order.
    public let orderID: UUID
    /// What is asked.
    public let decision: Decision
    /// Why; the programme says where one is needed.
    @OptionalText<ReasonText> public private(set) var reason: String?

    /// Decides on an order.
    public init(orderID: UUID, decision: Decision, reason: String? = nil) {
        self.orderID = orderID
        self.decision = decision
        self.reason = reason
    }
}
