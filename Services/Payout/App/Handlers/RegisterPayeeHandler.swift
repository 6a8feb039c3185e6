import Access
import Foundation
import Kernel
import Messages
import Messaging
import PayoutDomain

/// Registers the account that an institution is paid to. A sealed account number is decrypted only here, and encrypted for the table.
struct RegisterPayeeHandler: AuthorisesSender {
    let cipher: AccountCipher

    func authorise(_ input: RegisterPayee, as principal: Principal) throws(Refusal) {
        guard principal.roles.contains("institution"), principal.organisation == input.institutionID else {
            throw PlatformRule.notPermitted.refusal(
                LocalisedText(zh: "收款账户由服务机构本单位登记。", en: "An institution registers its own account.")
            ).comparing("expected", "institution", .code)
        }
    }

    func requestRows(for input: RegisterPayee, in rows: inout PayoutRows) {
        rows.payees.requested.insert(input.institutionID)
        rows.names.requested.insert(input.institutionID)
        if input.knownInstitutionVersion != nil { rows.requestedStreams.insert(Self.stream(of: input)) }
    }

    func handle(_ input: RegisterPayee, context: HandlingContext, rows: inout PayoutRows, output: inout HandlerOutput) throws {
        let principal = try sender(of: input, context, in: rows)
        // Wait for the version of the institution that the sender has seen; without one there is nothing to wait for.
        if let seen = input.knownInstitutionVersion { try rows.applied.require(Self.stream(of: input), seen) }
        try requireRegisteredName(input, rows.names[input.institutionID])
        let payee = try payee(input)
        rows.payees.put(payee, at: context.now)
        let changed = PayeeChanged(
            institutionID: payee.institutionID, accountName: payee.accountName, bankCode: payee.bankCode,
            maskedAccount: payee.maskedAccount, fingerprint: payee.fingerprint, at: context.now)
        try output.publish(changed, key: payee.institutionID.uuidString.lowercased())
        try output.answer(changed)
        try output.audit(["person": principal.person, "maskedAccount": payee.maskedAccount, "bankCode": payee.bankCode])
    }

    private static func stream(of input: RegisterPayee) -> AppliedVersions.Stream {
        AppliedVersions.Stream(source: "catalogue", key: input.institutionID.uuidString.lowercased())
    }

    /// Refuses an account that is not in a registered name of the institution (IN-54).
    private func requireRegisteredName(_ input: RegisterPayee, _ names: RegisteredNames) throws(Refusal) {
        guard !names.isEmpty else {
            throw PlatformRule.unknownReference.refusal(
                LocalisedText(zh: "该单位未登记为服务机构。", en: "The organisation is not registered as an institution.")
            ).comparing("institution", input.institutionID.uuidString.lowercased(), .code)
        }
        if let refusal = names.refusal(of: input.accountName) { throw refusal }
    }

    private func payee(_ input: RegisterPayee) throws -> Payee {
        guard (1...140).contains(input.accountName.count), input.accountName.contains(where: { !$0.isWhitespace }) else {
            throw PlatformRule.malformedMessage.refusal(
                LocalisedText(zh: "账户名称应为1至140字。", en: "An account's name must have 1 to 140 characters."))
        }
        guard let code = try? BankCode(input.bankCode) else {
            throw PlatformRule.malformedMessage.refusal(
                LocalisedText(zh: "支付系统行号应为12位数字且校验位正确。", en: "A bank code must have 12 digits with a valid check digit."))
        }
        guard let text = cipher.open(input.account, context: RegisterPayee.context(of: input.institutionID)) else {
            throw PlatformRule.malformedMessage.refusal(
                LocalisedText(
                    zh: "银行账号无法解密：未按当前密钥加密，或已被改动。",
                    en: "The account number cannot be decrypted: it was not encrypted with the current key, or it was changed."))
        }
        let number = try AccountNumber(text)
        return Payee(
            institutionID: input.institutionID, accountName: input.accountName.trimmingCharacters(in: .whitespacesAndNewlines),
            bankCode: code.text, maskedAccount: number.masked,
            encryptedAccount: try cipher.encrypt(number, boundTo: .institution(input.institutionID)),
            fingerprint: cipher.fingerprint(number, of: input.institutionID))
    }
}
