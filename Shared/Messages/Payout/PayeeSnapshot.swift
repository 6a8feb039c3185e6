/// What may be known of the account that a disbursement is paid to: enough for an approver to compare, and not the number.
public struct PayeeSnapshot: Codable, Sendable, Hashable {
    /// The account's name.
    public let accountName: String
    /// The bank branch's 12 digits.
    public let bankCode: String
    /// The account's number with all but its last four characters masked.
    public let maskedAccount: String
    /// A digest by which two accounts are told apart that show the same last digits. Nobody can find the number from it.
    public let fingerprint: String

    /// An account.
    public init(accountName: String, bankCode: String, maskedAccount: String, fingerprint: String) {
        self.accountName = accountName
        self.bankCode = bankCode
        self.maskedAccount = maskedAccount
        self.fingerprint = fingerprint
    }
}
