public import Foundation
public import Kernel

/// Asks ordering to place an order with a voucher. By an enterprise. The order's id is the command's.
public struct PlaceOrder: Command, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("ordering", "place-order")

    /// The enterprise that orders; must be the caller's organisation.
    public let enterpriseID: UUID
    /// The product.
    public let productID: UUID
    /// The voucher amount; more than nothing, and within what the programme expects of the product's upper guide price.
    public let voucherFen: Fen
    /// The person to talk to at the enterprise.
    public let contact: String

    /// Places an order.
    public init(enterpriseID: UUID, productID: UUID, voucherFen: Fen, contact: String) {
        self.enterpriseID = enterpriseID
        self.productID = productID
        self.voucherFen = voucherFen
        self.contact = contact
    }
}
