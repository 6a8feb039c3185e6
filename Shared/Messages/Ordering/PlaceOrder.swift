public import Foundation
public import Kernel

/// Asks ordering to place an order with a voucher. Sent by an enterprise. The order's id is the command's id.
public struct PlaceOrder: Command, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("ordering", "place-order")

    /// The enterprise that orders; must be the caller's organisation.
    public let enterpriseID: UUID
    /// The product.
    public let productID: UUID
    /// The voucher amount; greater than zero, and within the share of the product's upper guide price that the programme allows.
    public let voucherFen: Fen
    /// The contact person at the enterprise.
    @Text<ContactText> public private(set) var contact: String
    /// The event versions that the sender has seen; nil when it does not say. Ordering waits until it has applied at least these.
    public let consistencyToken: ConsistencyToken?

    /// The versions of the events that the sender has seen.
    public struct ConsistencyToken: Codable, Sendable, Hashable {
        /// The version of `catalogue`'s last event of the product; nil if there was none.
        public let product: Int64?
        /// The version of `identity`'s last event of the enterprise; nil if there was none.
        public let enterprise: Int64?

        /// A token with these versions.
        public init(product: Int64?, enterprise: Int64?) { (self.product, self.enterprise) = (product, enterprise) }
    }

    /// Places an order.
    public init(enterpriseID: UUID, productID: UUID, voucherFen: Fen, contact: String, consistencyToken: ConsistencyToken? = nil) {
        self.enterpriseID = enterpriseID
        self.productID = productID
        self.voucherFen = voucherFen
        self.contact = contact
        self.consistencyToken = consistencyToken
    }
}
