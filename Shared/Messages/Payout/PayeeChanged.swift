public import Foundation

/// The current payee account of an institution. Keyed by the institution's id.
public struct PayeeChanged: Event, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("payout", "payee-changed")

    /// The institution.
    public let institutionID: UUID
    /// The account's name.
    public let accountName: String
    /// The bank branch's 12 digits.
    public let bankCode: String
    /// The account's number with all but its last four characters masked.
    public let maskedAccount: String
    /// A keyed digest that distinguishes accounts with the same last digits. The number cannot be derived from it.
    public let fingerprint: String?
    /// When it was registered.
    public let at: Date

    /// The state of a payee.
    public init(institutionID: UUID, accountName: String, bankCode: String, maskedAccount: String, fingerprint: String? = nil, at: Date) {
        self.institutionID = institutionID
        self.accountName = accountName
        self.bankCode = bankCode
        self.maskedAccount = maskedAccount
        self.fingerprint = fingerprint
        self.at = at
    }
}
