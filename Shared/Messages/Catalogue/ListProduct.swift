public import Foundation
public import Kernel

/// Asks the catalogue to list an institution's announced product with a number of vouchers. By an officer. The product's id is the command's.
public struct ListProduct: Command, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("catalogue", "list-product")

    /// The programme.
    @Text<CodeText> public private(set) var programmeID: String
    /// The institution that offers it.
    public let institutionID: UUID
    /// Its name, the same in listing, sale and contract.
    @Text<NameText> public private(set) var name: String
    /// Its category, by the programme's names.
    @Text<CodeText> public private(set) var category: String
    /// Its kind of service within the category, where the programme tells kinds apart.
    @OptionalText<CodeText> public private(set) var service: String?
    /// The guide price's lower end.
    public let guideLowFen: Fen
    /// The guide price's upper end; the same as the lower for a single price.
    public let guideHighFen: Fen
    /// How many vouchers it is listed with; 1 or more.
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
