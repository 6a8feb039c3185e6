public import Foundation
public import Kernel

/// An institution of the season.
public struct SeasonInstitution: Sendable, Hashable {
    /// Its organisation's id.
    public let id: UUID
    /// Its name.
    public let name: String
    /// Its credit code.
    public let creditCode: String
}

/// A product of the season.
public struct SeasonProduct: Sendable, Hashable {
    /// The place of its institution in the season's list.
    public let institution: Int
    /// Its name.
    public let name: String
    /// Its category, by the programme's names.
    public let category: String
    /// Its kind of service, where the category has kinds.
    public let service: String?
    /// The guide price's lower end.
    public let guideLow: Fen
    /// The guide price's upper end.
    public let guideHigh: Fen
    /// How many vouchers it is listed with.
    public let stockVouchers: Int64
}

/// An enterprise of the season.
public struct SeasonEnterprise: Sendable, Hashable {
    /// What is amiss with an enterprise that must be refused.
    public enum Flaw: String, Sendable, Hashable, CaseIterable {
        /// Too large for the programme.
        case large
        /// Registered in another city.
        case elsewhere
        /// A branch without legal personality.
        case noLegalPerson = "no-legal-person"
        /// A kindergarten: no enterprise.
        case notEnterprise = "not-enterprise"
        /// Its credit code has a wrong check character.
        case wrongCode = "wrong-code"
        /// The tax office has fined it last year; it finds out when it orders.
        case taxRecord = "tax-record"
        /// It is on the list of dishonest judgment debtors; it finds out when it orders.
        case debtor
    }

    /// Its organisation's id.
    public let id: UUID
    /// Its name.
    public let name: String
    /// Its credit code.
    public let creditCode: String
    /// Where it is registered.
    public let division: String
    /// Its industry's code.
    public let industryCode: String
    /// Its employees.
    public let employees: Int64
    /// Its revenue of the last year.
    public let revenue: Fen
    /// Its assets.
    public let assets: Fen
    /// What is amiss with it; nil where it may order.
    public let flaw: Flaw?
}
