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
    /// The index of its institution in the season's list.
    public let institution: Int
    /// Its name.
    public let name: String
    /// Its category, as the programme names it.
    public let category: String
    /// Its kind of service; nil if the category has none.
    public let service: String?
    /// The guide price's lower end.
    public let guideLow: Fen
    /// The guide price's upper end.
    public let guideHigh: Fen
    /// The number of vouchers it is listed with.
    public let stockVouchers: Int64
}

/// An enterprise of the season.
public struct SeasonEnterprise: Sendable, Hashable {
    /// Why an enterprise must be refused.
    public enum Ineligibility: String, Sendable, Hashable, CaseIterable {
        /// Too large for the programme.
        case large
        /// Registered in another city.
        case elsewhere
        /// A branch without legal personality.
        case noLegalPerson = "no-legal-person"
        /// Not an enterprise (a kindergarten).
        case notEnterprise = "not-enterprise"
        /// Its credit code has a wrong check character.
        case wrongCode = "wrong-code"
        /// Fined by the tax office last year; refused at the first order.
        case taxRecord = "tax-record"
        /// On the list of dishonest judgment debtors; refused at the first order.
        case debtor
    }

    /// Its organisation's id.
    public let id: UUID
    /// Its name.
    public let name: String
    /// Its credit code.
    public let creditCode: String
    /// The division code of its place of registration.
    public let division: String
    /// Its industry's code.
    public let industryCode: String
    /// The number of its employees.
    public let employees: Int64
    /// Its revenue of the previous year.
    public let revenue: Fen
    /// Its assets.
    public let assets: Fen
    /// Why it must be refused; nil if it may order.
    public let ineligibility: Ineligibility?
}
