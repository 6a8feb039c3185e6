public import Foundation
public import Kernel

/// Where an institution is paid to. The account's number is encrypted wherever a payee is kept.
public struct Payee: Sendable, Hashable {
    /// The institution.
    public let institutionID: UUID
    /// The account's name, exactly as the bank has it.
    public let accountName: String
    /// The bank branch.
    public let bankCode: String
    /// The number with all but its last four characters masked.
    public let maskedAccount: String
    /// The number, encrypted at rest.
    public let encryptedAccount: [UInt8]
    /// A keyed digest of the number, by which two accounts are told apart that show the same last digits; empty where none was made.
    public let fingerprint: String

    /// A payee.
    public init(
        institutionID: UUID, accountName: String, bankCode: String, maskedAccount: String, encryptedAccount: [UInt8], fingerprint: String
    ) {
        self.institutionID = institutionID
        self.accountName = accountName
        self.bankCode = bankCode
        self.maskedAccount = maskedAccount
        self.encryptedAccount = encryptedAccount
        self.fingerprint = fingerprint
    }

    /// Whether it is the same account in the same name at the same bank: what was approved for one is approved for the other.
    public func isSame(as other: Payee) -> Bool {
        !fingerprint.isEmpty && fingerprint == other.fingerprint && accountName == other.accountName && bankCode == other.bankCode
    }
}

/// An account's number in clear, on its way between two ciphers. It is never printed.
public struct AccountNumber: Sendable, Hashable, CustomStringConvertible {
    /// The number as the bank has it.
    public let text: String

    /// Reads a number: digits and hyphens, 6 to 34 characters. Refused under QUAN-01 for anything else, without repeating it.
    public init(_ text: String) throws(Refusal) {
        let isWellFormed = (6...34).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2D }
        guard isWellFormed, text.utf8.first != 0x2D else {
            throw PlatformRule.malformedMessage.refusal(
                LocalisedText(zh: "银行账号应为6至34位数字或连字符。", en: "An account's number has 6 to 34 digits and hyphens."))
        }
        self.text = text
    }

    /// The number with all but its last four characters masked; all of it where it is short.
    public var masked: String {
        let shown = text.count >= 10 ? 4 : 0
        return String(repeating: "*", count: text.count - shown) + text.suffix(shown)
    }

    /// The masked number.
    public var description: String { masked }
}
