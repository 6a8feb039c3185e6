public import Foundation
public import Kernel

/// Asks the catalogue to list an institution's announced product with a number of vouchers. Sent by an officer. The product's id is the
/// command's id.
public struct ListProduct: Command, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("catalogue", "list-product")

    /// The programme.
    @Text<CodeText> public private(set) var programmeID: String
    /// The institution that offers the product.
    public let institutionID: UUID
    /// The product's name, the same in listing, sale and contract.
    @Text<NameText> public private(set) var name: String
    /// The category, by its name in the programme.
    @Text<CodeText> public private(set) var category: String
    /// The kind of service within the category, if the programme distinguishes kinds.
    @OptionalText<CodeText> public private(set) var service: String?
    /// The lower bound of the guide price.
    public let guideLowFen: Fen
    /// The upper bound of the guide price; equal to the lower bound for a single price.
    public let guideHighFen: Fen
    /// The number of vouchers; 1 or more.
    public let stockVouchers: Int64

    /// Lists a product.
    public init(
        programmeID: String, institutionID: UUID, name: String, category: String, service: String? = nil, guideLowFen: Fen,
        guideHighFen: Fen, stockVouchers: Int64
    ) {
        self.programmeID = programmeID
        self.institutionID = institutionID
        self.name = name
        self.category = category
        self.service = service
        self.guideLowFen = guideLowFen
        self.guideHighFen = guideHighFen
        self.stockVouchers = stockVouchers
    }
}
