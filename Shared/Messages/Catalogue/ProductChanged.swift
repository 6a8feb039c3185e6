public import Foundation
public import Kernel

/// The current state of a product. Keyed by the product's id.
public struct ProductChanged: Event, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("catalogue", "product-changed")

    /// The product.
    public let productID: UUID
    /// The programme.
    public let programmeID: String
    /// The institution that offers the product.
    public let institutionID: UUID
    /// The product's name.
    public let name: String
    /// The category, by its name in the programme.
    public let category: String
    /// The kind of service, if the programme distinguishes kinds.
    public let service: String?
    /// The lower bound of the guide price.
    public let guideLowFen: Fen
    /// The upper bound of the guide price.
    public let guideHighFen: Fen
    /// The number of vouchers.
    public let stockVouchers: Int64
    /// The state, by its name in the programme's procedure `product`: `listed`, `suspended`, `ended`.
    public let state: String

    /// The state of a product.
    public init(
        productID: UUID, programmeID: String, institutionID: UUID, name: String, category: String, service: String?, guideLowFen: Fen,
        guideHighFen: Fen, stockVouchers: Int64, state: String
    ) {
        self.productID = productID
        self.programmeID = programmeID
        self.institutionID = institutionID
        self.name = name
        self.category = category
        self.service = service
        self.guideLowFen = guideLowFen
        self.guideHighFen = guideHighFen
        self.stockVouchers = stockVouchers
        self.state = state
    }
}
