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
    @Text<ContactText> public private(set) var contact: String
    /// What the sender has been told of those the order names; nil where it does not say. The order is decided on no less.
    public let seen: Seen?

    /// How many events of a key had been told.
    public struct Seen: Codable, Sendable, Hashable {
        /// The version of `catalogue`'s last event of the product; nil where there was none.
        public let product: Int64?
        /// The version of `identity`'s last event of the enterprise; nil where there was none.
        public let enterprise: Int64?

        /// What has been told.
        public init(product: Int64?, enterprise: Int64?) { (self.product, self.enterprise) = (product, enterprise) }
    }

    /// Places an order.
    public init(enterpriseID: UUID, productID: UUID, voucherFen: Fen, contact: String, seen: Seen? = nil) {
        self.enterpriseID = enterpriseID
        self.productID = productID
        self.voucherFen = voucherFen
        self.contact = contact
        self.seen = seen
    }
}
