public import Foundation
public import Kernel

/// A product as it stands now. Keyed by its id.
public struct ProductChanged: Event, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("catalogue", "product-changed")

    /// The product.
    public let productID: UUID
    /// The programme.
    public let programmeID: String
    /// The institution that offers it.
    public let institutionID: UUID
    /// Its name.
    public let name: String
    /// Its category, by the programme's names.
    public let category: String
    /// Its kind of service, where the programme tells kinds apart.
    public let service: String?
    /// The guide price's lower end.
    public let guideLowFen: Fen
    /// The guide price's upper end.
    public let guideHighFen: Fen
    /// How many vouchers it is listed with.
    public let stockVouchers: Int64
    /// Its state, by the names of the programme's procedure `product`: `listed`, `suspended`, `ended`.
    public let state: String

    /// A product as it stands.
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
