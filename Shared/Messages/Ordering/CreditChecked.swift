public import Foundation
public import Kernel

/// Reports the result of a credit check to ordering, for an order that waits for it. Sent by `identity`.
public struct CreditChecked: Command, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("ordering", "credit-checked")

    /// The order that waits for the check.
    public let orderID: UUID
    /// The reasons against the order; empty if the check is passed.
    public let refusals: [Refusal]

    /// The result of a check.
    public init(orderID: UUID, refusals: [Refusal]) {
        self.orderID = orderID
        self.refusals = refusals
    }
}
