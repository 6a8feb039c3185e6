public import Foundation
public import Kernel

/// Asks ordering to do to an order's reservations what a decision elsewhere has come to. By `redemption` and `payout`.
///
/// The command's id is made of the decision, so that it takes effect once.
public struct SettleOrder: Command, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("ordering", "settle-order")

    /// The order.
    public let orderID: UUID
    /// The step or deadline that was decided, `redemption.notice`; what it does to the ledger stands in the programme.
    @Text<CodeText> public private(set) var step: String
    /// What is paid, or returned; nil where the effect takes the whole reservation.
    public let amountFen: Fen?

    /// Settles an order.
    public init(orderID: UUID, step: String, amountFen: Fen? = nil) {
        self.orderID = orderID
        self.step = step
        self.amountFen = amountFen
    }
}
