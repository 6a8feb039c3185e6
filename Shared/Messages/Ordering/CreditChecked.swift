public import Foundation
public import Kernel

/// Tells ordering how an enterprise's credit standing is, for an order that waits for it. By `identity`.
public struct CreditChecked: Command, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("ordering", "credit-checked")

    /// The order that waits.
    public let orderID: UUID
    /// Everything that speaks against it; nothing where the check is passed.
    public let refusals: [Refusal]

    /// The result of a check.
    public init(orderID: UUID, refusals: [Refusal]) {
        self.orderID = orderID
        self.refusals = refusals
    }
}
