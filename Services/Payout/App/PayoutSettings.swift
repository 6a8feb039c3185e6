import Foundation
import ISO20022
import Kernel
import ServiceHost

/// The settings of `payout`, in addition to those of every service.
enum PayoutSettings {
    static let masterKeys = Setting.requiredText(
        "payout.masterKeys", secret: true,
        "The keys that bank accounts are encrypted with: 32 bytes in base64 each, separated by commas. The first one encrypts.")
    static let bankURL = Setting.requiredText(
        "payout.bankUrl", "Address of the bank's interface, such as https://bank.example:8443/quan; http is only for a sandbox.")
    static let bankTrustRoots = Setting.optionalText(
        "payout.bankTrustRoots", "File (PEM) of the authorities that the bank's certificate is checked against; the system's when not set.")
    static let bankCertificate = Setting.optionalText(
        "payout.bankCertificate", "File (PEM) of the client certificate's chain, if the bank requires a client certificate.")
    static let bankPrivateKey = Setting.optionalText(
        "payout.bankPrivateKey", "File (PEM) of the private key of payout.bankCertificate.")
    static let payerName = Setting.requiredText("payout.payerName", "Name of the paying account's holder.")
    static let payerAccount = Setting.requiredText("payout.payerAccount", "Number of the paying account.")
    static let payerBankCode = Setting.requiredText(
        "payout.payerBankCode", "Bank code (CNAPS, 12 digits) of the paying account.")
    static let exchangeDeadline = Setting.duration(
        "payout.exchangeDeadline", standard: .seconds(20), in: .milliseconds(100)...(.seconds(300)),
        "The timeout of one exchange with the bank.")
    static let patience = Setting.duration(
        "payout.patience", standard: .seconds(60), in: .milliseconds(100)...(.seconds(86_400)),
        "How long to wait after sending an instruction before it is sent again under the same id because the bank does not know it.")
    static let statementEvery = Setting.duration(
        "payout.statementEvery", standard: .seconds(60), in: .milliseconds(100)...(.seconds(86_400)),
        "How often the bank's statement is fetched.")
    static let statementAgeAtMost = Setting.duration(
        "payout.statementAgeAtMost", standard: .seconds(900), in: .milliseconds(100)...(.seconds(7 * 86_400)),
        "The greatest age of a bank statement that counts as current; at least twice payout.statementEvery.")
    static let statementStatuses = Setting.text(
        "payout.statementStatuses", standard: "",
        "The meaning of the bank's proprietary entry statuses (Sts/Prtry): 已入账=BOOK,冻结=PDNG. A statement with any other is refused.")

    /// The rules between these settings.
    static let rules: [SettingsRule] = [
        .readable(masterKeys) { _ = try AccountCipher($0) },
        .readable(payerBankCode) { _ = try BankCode($0[payerBankCode]) },
        SettingsRule(payerName) { $0[payerName].trimmingCharacters(in: .whitespaces).isEmpty ? "the account's name is empty" : nil },
        SettingsRule(payerAccount) { settings in
            let number = settings[payerAccount]
            return (1...34).contains(number.count) && number.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
                ? nil : "an account's number has 1 to 34 letters and digits"
        },
        SettingsRule(statementAgeAtMost) { settings in
            settings[statementAgeAtMost] >= settings[statementEvery] * 2 ? nil : "must be at least twice payout.statementEvery"
        },
        SettingsRule(patience) { $0[patience] > $0[exchangeDeadline] ? nil : "must be longer than payout.exchangeDeadline" },
        .readable(statementStatuses) { _ = try BankOptions.statuses($0[statementStatuses]) },
        .readable(bankURL) { _ = try BankAddress($0) },
        .readable(bankTrustRoots) { settings in _ = try (try? BankAddress(settings)).map { try HTTPExchange.tls($0) } },
        SettingsRule(bankCertificate) { settings in
            (settings[bankCertificate] == nil) == (settings[bankPrivateKey] == nil)
                ? nil : "payout.bankCertificate and payout.bankPrivateKey are set together or not at all"
        },
        .production(bankURL) { settings in
            (try? BankAddress(settings))?.isEncrypted == true ? nil : "the connection to the bank must be encrypted; set an https address"
        },
        .production(payerName) { sandboxMark($0[payerName]) },
        .production(payerAccount) { sandboxMark($0[payerAccount]) },
    ]

    /// The sandbox's account contains the word SANDBOX, so that a production installation can refuse it.
    private static func sandboxMark(_ text: String) -> String? {
        text.uppercased().contains("SANDBOX") ? "'\(text)' is the sandbox's account; set the real account" : nil
    }

    static let all = [
        masterKeys.declaration, bankURL.declaration, bankTrustRoots.declaration, bankCertificate.declaration, bankPrivateKey.declaration,
        payerName.declaration, payerAccount.declaration, payerBankCode.declaration,
        exchangeDeadline.declaration, patience.declaration, statementEvery.declaration,
        statementAgeAtMost.declaration, statementStatuses.declaration,
    ]
}

/// A setting of `payout` is invalid.
struct InvalidPayoutSetting: Error, CustomStringConvertible {
    let description: String
}

extension BankOptions {
    /// Reads the options from the settings, for which `PayoutSettings.rules` hold.
    init(_ settings: Settings) throws {
        self.init(
            payer: BankAccount(
                name: settings[PayoutSettings.payerName], number: settings[PayoutSettings.payerAccount],
                bankCode: try BankCode(settings[PayoutSettings.payerBankCode]).text))
        exchangeDeadline = settings[PayoutSettings.exchangeDeadline]
        patience = settings[PayoutSettings.patience] / .seconds(1)
        statementEvery = settings[PayoutSettings.statementEvery]
        statementAgeAtMost = settings[PayoutSettings.statementAgeAtMost]
        statementStatuses = try Self.statuses(settings[PayoutSettings.statementStatuses])
    }

    fileprivate static func statuses(_ text: String) throws -> [String: EntryStatus] {
        var statuses: [String: EntryStatus] = [:]
        for part in text.split(separator: ",") {
            let pair = part.split(separator: "=", omittingEmptySubsequences: false)
            guard pair.count == 2, !pair[0].isEmpty, let status = EntryStatus(rawValue: String(pair[1])) else {
                throw InvalidPayoutSetting(description: "it must be like 已入账=BOOK,冻结=PDNG")
            }
            statuses[String(pair[0])] = status
        }
        return statuses
    }
}
