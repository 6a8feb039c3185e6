public import Foundation
public import Kernel

/// Asks ordering to let a contract take more voucher than the enterprise ordered or confirmed before. By the enterprise.
public struct ConfirmContract: Command, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("ordering", "confirm-contract")

    /// The order.
    public let orderID: UUID
    /// The voucher amount that the enterprise was shown; nil where it does not say. Another one is refused.
    public let voucherFen: Fen?

    /// Confirms what the contract takes.
    public init(orderID: UUID, voucherFen: Fen? = nil) {
        self.orderID = orderID
        self.voucherFen = voucherFen
    }
}
