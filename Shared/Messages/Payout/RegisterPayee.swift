public import Foundation
public import Kernel

/// Asks payout to pay an institution to this account from now on. Sent by the institution.
///
/// The account number is sealed for payout: `SealedField.seal(_:for:context:)` with the key of the latest `PayoutKeyPublished` and
/// `context(of:)`. No other service can read it from a message, table or log.
public struct RegisterPayee: Command, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("payout", "register-payee")

    /// The institution.
    public let institutionID: UUID
    /// The account's name, exactly as registered with the bank.
    @Text<AccountNameText> public private(set) var accountName: String
    /// The bank branch's 12 digits in the People's Bank payment system.
    @Text<NumberText> public private(set) var bankCode: String
    /// The account's number: digits and hyphens, 6 to 34 characters, sealed for payout.
    public let account: SealedField
    /// The version of the catalogue's last event of the institution that the sender has seen; nil if there was none.
    public let knownInstitutionVersion: Int64?

    /// Registers a payee.
    public init(institutionID: UUID, accountName: String, bankCode: String, account: SealedField, knownInstitutionVersion: Int64? = nil) {
        self.institutionID = institutionID
        self.accountName = accountName
        self.bankCode = bankCode
        self.account = account
        self.knownInstitutionVersion = knownInstitutionVersion
    }

    /// The context that binds a sealed account number to its institution, so that it cannot be opened for another.
    public static func context(of institutionID: UUID) -> String { "payout.payee/\(institutionID.uuidString.lowercased())" }
}
