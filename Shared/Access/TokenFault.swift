public import Kernel

/// What is wrong with an access token. No case carries any part of the token, because a token must not reach a log or a table.
public enum TokenFault: Error, Sendable, Hashable, CaseIterable {
    /// There is no token.
    case missing
    /// It does not have the form of a token, or a claim is missing.
    case notAToken
    /// Its algorithm is `none`.
    case unsigned
    /// It names an algorithm other than Ed25519.
    case wrongAlgorithm
    /// It names no key, or an unknown key.
    case unknownKey
    /// Its key has been revoked, or is not in use yet.
    case keyNotInUse
    /// Its signature does not match.
    case forged
    /// It has expired.
    case expired
    /// It is not valid yet.
    case notYetValid
    /// Its audience is not these services.
    case wrongAudience

    /// The refusal under QUAN-09, with the fault as detail.
    public var refusal: Refusal { PlatformRule.tokenInvalid.refusal(detail) }

    private var detail: LocalisedText {
        switch self {
        case .missing: LocalisedText(zh: "（未附登录凭证）", en: "(The token is missing.)")
        case .notAToken: LocalisedText(zh: "（凭证格式不正确）", en: "(It is not a well-formed token.)")
        case .unsigned: LocalisedText(zh: "（凭证没有签名）", en: "(It is not signed.)")
        case .wrongAlgorithm: LocalisedText(zh: "（凭证的签名算法不被接受）", en: "(Its signature algorithm is not accepted.)")
        case .unknownKey: LocalisedText(zh: "（凭证的签名密钥未知）", en: "(It is signed with an unknown key.)")
        case .keyNotInUse: LocalisedText(zh: "（凭证的签名密钥未启用或已作废）", en: "(Its key is revoked or not in use yet.)")
        case .forged: LocalisedText(zh: "（凭证的签名不符）", en: "(Its signature does not match.)")
        case .expired: LocalisedText(zh: "（提交时凭证已过期）", en: "(It had expired when the request was received.)")
        case .notYetValid: LocalisedText(zh: "（提交时凭证尚未生效）", en: "(It was not valid yet when the request was received.)")
        case .wrongAudience: LocalisedText(zh: "（凭证不用于本平台）", en: "(Its audience is not this platform.)")
        }
    }
}
