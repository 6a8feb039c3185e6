public import Foundation
public import Kernel

/// Asks payout to pay an institution to this account from now on. By the institution.
///
/// The account's number travels sealed for payout alone: `SealedField.seal(_:for:context:)` with the key of the latest `PayoutKeyPublished` and
/// `context(of:)`. No other service can read it, in no table and no log.
public struct RegisterPayee: Command, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("payout", "register-payee")

    /// The institution.
    public let institutionID: UUID
    /// The account's name, exactly as the bank has it.
    @Text<AccountNameText> public private(set) var accountName: String
    /// The bank branch's 12 digits in the People's Bank payment system.
    @Text<NumberText> public private(set) var bankCode: String
    /// The account's number: digits and hyphens, 6 to 34 characters, sealed for payout.
    public let account: SealedField
    /// The version of the catalogue's last event of the institution that the sender has been told of; nil where there was none.
    public let institutionSeen: Int64?

    /// Registers a payee.
    public init(institutionID: UUID, accountName: String, bankCode: String, account: SealedField, institutionSeen: Int64? = nil) {
        self.institutionID = institutionID
        self.accountName = accountName
        self.bankCode = bankCode
        self.account = account
        self.institutionSeen = institutionSeen
    }

    /// What a sealed account number is bound to, so that it opens for no other institution.
    public static func context(of institutionID: UUID) -> String { "payout.payee/\(institutionID.uuidString.lowercased())" }
}
