public import Foundation
public import Kernel

/// Asks ordering to apply another service's decision to an order's reservations. Sent by `redemption` and `payout`.
///
/// The command's id is derived from the decision, so that it takes effect once.
public struct SettleOrder: Command, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("ordering", "settle-order")

    /// The order.
    public let orderID: UUID
    /// The step or deadline, for example `redemption.notice`; the programme defines its effect on the ledger.
    @Text<CodeText> public private(set) var step: String
    /// The amount paid or returned; nil if the effect applies to the whole reservation.
    public let amountFen: Fen?

    /// Settles an order.
    public init(orderID: UUID, step: String, amountFen: Fen? = nil) {
        self.orderID = orderID
        self.step = step
        self.amountFen = amountFen
    }
}
