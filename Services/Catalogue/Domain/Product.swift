public import Foundation
public import Kernel
public import Messages

/// A product of an institution, as the catalogue offers it.
public struct Product: Sendable, Hashable {
    /// The id.
    public let id: UUID
    /// The institution that offers it, and the programme.
    public let institution: Institution.ID
    /// The version of the programme under which it was listed.
    public let programmeVersion: Int
    /// Its name, the same in listing, sale and contract.
    public let name: String
    /// Its category.
    public let category: String
    /// Its kind of service, where the category tells kinds apart.
    public let service: String?
    /// The guide price's lower end.
    public let guideLowFen: Fen
    /// The guide price's upper end.
    public let guideHighFen: Fen
    /// How many vouchers it is listed with.
    public var stockVouchers: Int64
    /// Its state in the programme's procedure `product`.
    public var state: String

    /// A product.
    public init(
        id: UUID, institution: Institution.ID, programmeVersion: Int, name: String, category: String, service: String?, guideLowFen: Fen,
        guideHighFen: Fen, stockVouchers: Int64, state: String
    ) {
        self.id = id
        self.institution = institution
        self.programmeVersion = programmeVersion
        self.name = name
        self.category = category
        self.service = service
        self.guideLowFen = guideLowFen
        self.guideHighFen = guideHighFen
        self.stockVouchers = stockVouchers
        self.state = state
    }

    /// The procedure it goes through.
    public static let procedure = "product"

    /// What other services are told of it.
    public var event: ProductChanged {
        ProductChanged(
            productID: id, programmeID: institution.programmeID, institutionID: institution.institutionID, name: name, category: category,
            service: service, guideLowFen: guideLowFen, guideHighFen: guideHighFen, stockVouchers: stockVouchers, state: state)
    }
}
