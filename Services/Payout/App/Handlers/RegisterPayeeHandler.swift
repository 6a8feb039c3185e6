import Access
import Foundation
import Kernel
import Messages
import Messaging
import PayoutDomain

/// Registers where an institution is paid to. The account's number is opened, and closed again for our own table, in this one place.
struct RegisterPayeeHandler: JudgesSender {
    let vault: Vault

    func mayAct(_ input: RegisterPayee, as principal: Principal) throws(Refusal) {
        guard principal.roles.contains("institution"), principal.organisation == input.institutionID else {
            throw PlatformRule.notPermitted.refusal(
                LocalisedText(zh: "收款账户由服务机构本单位登记。", en: "An institution registers its own account.")
            ).comparing("expected", "institution", .code)
        }
    }

    func wants(_ input: RegisterPayee, in rows: inout PayoutRows) {
        rows.payees.wanted.insert(input.institutionID)
        rows.names.wanted.insert(input.institutionID)
        if input.institutionSeen != nil { rows.wantedStreams.insert(Self.stream(of: input)) }
    }

    func handle(_ input: RegisterPayee, context: HandlingContext, rows: inout PayoutRows, say: inout Said) throws {
        let principal = try sender(of: input, context, in: rows)
        // What its sender has been told of the institution has been told: it is waited for. Where nothing was told, nothing is.
        if let seen = input.institutionSeen { try rows.heard.mustHave(Self.stream(of: input), seen) }
        try mustBeOwn(input, rows.names[input.institutionID])
        let payee = try payee(input)
        rows.payees.put(payee, at: context.now)
        let changed = PayeeChanged(
            institutionID: payee.institutionID, accountName: payee.accountName, bankCode: payee.bankCode,
            maskedAccount: payee.maskedAccount, fingerprint: payee.fingerprint, at: context.now)
        try say.publish(changed, key: payee.institutionID.uuidString.lowercased())
        try say.answer(changed)
        try say.audit(["person": principal.person, "maskedAccount": payee.maskedAccount, "bankCode": payee.bankCode])
    }

    private static func stream(of input: RegisterPayee) -> HeardEvents.Stream {
        HeardEvents.Stream(source: "catalogue", key: input.institutionID.uuidString.lowercased())
    }

    /// The account is in a name that the institution is registered under.
    private func mustBeOwn(_ input: RegisterPayee, _ names: RegisteredNames) throws(Refusal) {
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
                LocalisedText(zh: "账户名称应为1至140字。", en: "An account's name has 1 to 140 characters."))
        }
        guard let code = try? BankCode(input.bankCode) else {
            throw PlatformRule.malformedMessage.refusal(
                LocalisedText(zh: "支付系统行号应为12位数字且校验位正确。", en: "A bank code has 12 digits whose check agrees."))
        }
        guard let text = vault.open(input.account, context: RegisterPayee.context(of: input.institutionID)) else {
            throw PlatformRule.malformedMessage.refusal(
                LocalisedText(
                    zh: "银行账号无法解密：未按当前密钥加密，或已被改动。", en: "The account's number does not open: it is not sealed with the present key."))
        }
        let number = try AccountNumber(text)
        return Payee(
            institutionID: input.institutionID, accountName: input.accountName.trimmingCharacters(in: .whitespacesAndNewlines),
            bankCode: code.text, maskedAccount: number.masked,
            encryptedAccount: try vault.encrypt(number, at: .institution(input.institutionID)),
            fingerprint: vault.fingerprint(number, of: input.institutionID))
    }
}
