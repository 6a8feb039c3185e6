public import Foundation
public import Kernel

/// What `identity` said last of an enterprise in a programme.
public struct EnterpriseCopy: Sendable, Hashable {
    /// The enterprise.
    public let id: UUID
    /// The programme.
    public let programmeID: String
    /// Its registered name.
    public let name: String
    /// Its unified social credit code.
    public let creditCode: String
    /// Its state, by the names of the programme's procedure `registration`.
    public let state: String
    /// Its size class, by the programme's names.
    public let sizeClass: String
    /// Its tier, by the programme's names; nil where it is not entitled.
    public let tier: String?
    /// When this was so.
    public let checkedAt: Date

    /// What was said of an enterprise.
    public init(
        id: UUID, programmeID: String, name: String, creditCode: String, state: String, sizeClass: String, tier: String?, checkedAt: Date
    ) {
        (self.id, self.programmeID, self.name, self.creditCode) = (id, programmeID, name, creditCode)
        (self.state, self.sizeClass, self.tier, self.checkedAt) = (state, sizeClass, tier, checkedAt)
    }
}

/// What `catalogue` said last of a product.
public struct ProductCopy: Sendable, Hashable {
    /// The product.
    public let id: UUID
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
    public let guideLow: Fen
    /// The guide price's upper end.
    public let guideHigh: Fen
    /// How many vouchers it is listed with.
    public let stockVouchers: Int64
    /// Its state, by the names of the programme's procedure `product`.
    public let state: String
    /// When this was so.
    public let checkedAt: Date

    /// What was said of a product.
    public init(
        id: UUID, programmeID: String, institutionID: UUID, name: String, category: String, service: String?, guideLow: Fen,
        guideHigh: Fen, stockVouchers: Int64, state: String, checkedAt: Date
    ) {
        (self.id, self.programmeID, self.institutionID, self.name) = (id, programmeID, institutionID, name)
        (self.category, self.service, self.guideLow, self.guideHigh) = (category, service, guideLow, guideHigh)
        (self.stockVouchers, self.state, self.checkedAt) = (stockVouchers, state, checkedAt)
    }
}

/// What `catalogue` said last of an institution in a programme.
public struct InstitutionCopy: Sendable, Hashable {
    /// The institution.
    public let id: UUID
    /// The programme.
    public let programmeID: String
    /// Its name as on its licence.
    public let name: String
    /// Its unified social credit code; nil in a copy of before it was kept.
    public let creditCode: String?
    /// Whether it is admitted now.
    public let isAdmitted: Bool
    /// When this was so.
    public let checkedAt: Date

    /// What was said of an institution.
    public init(id: UUID, programmeID: String, name: String, creditCode: String?, isAdmitted: Bool, checkedAt: Date) {
        (self.id, self.programmeID, self.name, self.creditCode) = (id, programmeID, name, creditCode)
        (self.isAdmitted, self.checkedAt) = (isAdmitted, checkedAt)
    }
}
