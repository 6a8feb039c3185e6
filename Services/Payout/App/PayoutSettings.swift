import Foundation
import ISO20022
import Kernel
import ServiceHost

/// The settings of `payout` beside those of every service.
enum PayoutSettings {
    static let masterKeys = Setting.requiredText(
        "payout.masterKeys", secret: true,
        "The keys that bank accounts are encrypted with: 32 bytes in base64 each, separated by commas, the one in use first.")
    static let bankURL = Setting.text(
        "payout.bankUrl", standard: "http://127.0.0.1:8090", "Where the bank takes instructions.")
    static let payerName = Setting.text("payout.payerName", standard: "北京市财政局", "The name of the account that payments leave.")
    static let payerAccount = Setting.text(
        "payout.payerAccount", standard: "0200000000000000000", "The number of the account that payments leave.")
    static let payerBankCode = Setting.text(
        "payout.payerBankCode", standard: "102100099996", "The bank code of the account that payments leave.")
    static let exchangeDeadline = Setting.duration(
        "payout.exchangeDeadline", standard: .seconds(20), in: .milliseconds(100)...(.seconds(300)),
        "How long one exchange with the bank may take.")
    static let patience = Setting.duration(
        "payout.patience", standard: .seconds(60), in: .milliseconds(100)...(.seconds(86_400)),
        "How long after sending the bank must say that it has no such instruction before it is given it again, under the same id.")
    static let statementEvery = Setting.duration(
        "payout.statementEvery", standard: .seconds(60), in: .milliseconds(100)...(.seconds(86_400)),
        "How often the bank's statement is fetched.")
    static let statementAgeAtMost = Setting.duration(
        "payout.statementAgeAtMost", standard: .seconds(900), in: .milliseconds(100)...(.seconds(7 * 86_400)),
        "How old the bank's statement may be and still count as current: at least twice as long as payout.statementEvery.")
    static let statementStatuses = Setting.text(
        "payout.statementStatuses", standard: "",
        "What the bank's own words for an entry's status (Sts/Prtry) mean: 已入账=BOOK,冻结=PDNG. Any other makes the statement refused.")

    static let all = [
        masterKeys.declaration, bankURL.declaration, payerName.declaration, payerAccount.declaration, payerBankCode.declaration,
        exchangeDeadline.declaration, patience.declaration, statementEvery.declaration,
        statementAgeAtMost.declaration, statementStatuses.declaration,
    ]
}

extension BankOptions {
    /// The options as the settings have them. Throws where they contradict each other.
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
        guard statementAgeAtMost >= statementEvery * 2 else {
            throw Vault.Misconfigured(description: "payout.statementAgeAtMost must be at least twice payout.statementEvery")
        }
        guard settings[PayoutSettings.patience] > exchangeDeadline else {
            throw Vault.Misconfigured(description: "payout.patience must be longer than payout.exchangeDeadline")
        }
    }

    private static func statuses(_ text: String) throws -> [String: EntryStatus] {
        var statuses: [String: EntryStatus] = [:]
        for part in text.split(separator: ",") {
            let pair = part.split(separator: "=", omittingEmptySubsequences: false)
            guard pair.count == 2, !pair[0].isEmpty, let status = EntryStatus(rawValue: String(pair[1])) else {
                throw Vault.Misconfigured(description: "payout.statementStatuses reads like 已入账=BOOK,冻结=PDNG")
            }
            statuses[String(pair[0])] = status
        }
        return statuses
    }
}
