public import Foundation
public import Kernel

/// Asks ordering to accept a contract's voucher amount that exceeds the amount ordered or confirmed before. Sent by the enterprise.
public struct ConfirmContract: Command, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("ordering", "confirm-contract")

    /// The order.
    public let orderID: UUID
    /// The voucher amount that the enterprise was shown; nil if not stated. If the pending amount differs, the command is refused.
    public let voucherFen: Fen?

    /// Confirms the contract's voucher amount.
    public init(orderID: UUID, voucherFen: Fen? = nil) {
        self.orderID = orderID
        self.voucherFen = voucherFen
    }
}
