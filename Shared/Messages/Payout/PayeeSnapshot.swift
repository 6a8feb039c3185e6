/// The payee account of a disbursement without its number: enough for an approver to compare accounts.
public struct PayeeSnapshot: Codable, Sendable, Hashable {
    /// The account's name.
    public let accountName: String
    /// The bank branch's 12 digits.
    public let bankCode: String
    /// The account's number with all but its last four characters masked.
    public let maskedAccount: String
    /// A keyed digest that distinguishes accounts with the same last digits. The number cannot be derived from it.
    public let fingerprint: String

    /// An account.
    public init(accountName: String, bankCode: String, maskedAccount: String, fingerprint: String) {
        self.accountName = accountName
        self.bankCode = bankCode
        self.maskedAccount = maskedAccount
        self.fingerprint = fingerprint
    }
}
