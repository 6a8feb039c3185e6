public import Foundation
public import Kernel

/// Asks the catalogue to change a listed product: its number of vouchers, or whether it can be ordered. Sent by an officer.
public struct ChangeProduct: Command, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("catalogue", "change-product")

    /// The requested change, by the command's name in the programme's procedure `product`.
    public enum Change: String, Codable, Sendable, Hashable, CaseIterable {
        /// Sets the number of vouchers.
        case setStock = "set-product-stock"
        /// Stops orders until resumed.
        case suspend = "suspend-product"
        /// Allows orders again.
        case resume = "resume-product"
        /// Stops orders for good.
        case end = "end-product"
    }

    /// The product.
    public let productID: UUID
    /// The requested change.
    public let change: Change
    /// The new number of vouchers; with `setStock` only. A number below the reserved vouchers is allowed: it only stops new orders.
    public let stockVouchers: Int64?
    /// The reason; the programme says where it is required.
    @OptionalText<ReasonText> public private(set) var reason: String?

    /// Changes a product.
    public init(productID: UUID, change: Change, stockVouchers: Int64? = nil, reason: String? = nil) {
        self.productID = productID
        self.change = change
        self.stockVouchers = stockVouchers
        self.reason = reason
    }
}
