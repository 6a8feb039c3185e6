public import Foundation
public import Kernel

/// Asks the catalogue to change a listed product: its number of vouchers, or whether it can be ordered. By an officer.
public struct ChangeProduct: Command, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("catalogue", "change-product")

    /// What is asked, by the command's name in the programme's procedure `product`.
    public enum Change: String, Codable, Sendable, Hashable, CaseIterable {
        /// Another number of vouchers.
        case setStock = "set-product-stock"
        /// No orders for now.
        case suspend = "suspend-product"
        /// Orders again.
        case resume = "resume-product"
        /// No orders ever again.
        case end = "end-product"
    }

    /// The product.
    public let productID: UUID
    /// What is asked.
    public let change: Change
    /// The new number of vouchers; with `setStock` only. Fewer than are reserved freezes the product and breaks nothing.
    public let stockVouchers: Int64?
    /// Why; the programme says where one is needed.
    @OptionalText<ReasonText> public private(set) var reason: String?

    /// Changes a product.
    public init(productID: UUID, change: Change, stockVouchers: Int64? = nil, reason: String? = nil) {
        self.productID = productID
        self.change = change
        self.stockVouchers = stockVouchers
        self.reason = reason
    }
}
