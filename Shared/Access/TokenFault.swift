public import Kernel

/// What is wrong with an access token. None of the cases carries any part of the token: it must reach no log and no table.
public enum TokenFault: Error, Sendable, Hashable, CaseIterable {
    /// There is none.
    case missing
    /// It has not the form of a token, or lacks a claim.
    case notAToken
    /// It says that nobody signed it.
    case unsigned
    /// It names another way of signing than Ed25519.
    case wrongAlgorithm
    /// It names no key, or one that is not known.
    case unknownKey
    /// Its key has been revoked, or is not in use yet.
    case keyNotInUse
    /// Its signature does not fit.
    case forged
    /// It was good once.
    case expired
    /// It is not good yet.
    case notYetValid
    /// It is for somebody else than these services.
    case wrongAudience

    /// The refusal under QUAN-09, with what is wrong told behind it.
    public var refusal: Refusal { PlatformRule.tokenInvalid.refusal(detail) }

    private var detail: LocalisedText {
        switch self {
        case .missing: LocalisedText(zh: "（未附登录凭证）", en: "(There is no token.)")
        case .notAToken: LocalisedText(zh: "（凭证格式不正确）", en: "(It has not the form of a token.)")
        case .unsigned: LocalisedText(zh: "（凭证没有签名）", en: "(It is not signed.)")
        case .wrongAlgorithm: LocalisedText(zh: "（凭证的签名算法不被接受）", en: "(It is signed in a way that is not accepted.)")
        case .unknownKey: LocalisedText(zh: "（凭证的签名密钥未知）", en: "(It is signed with a key nobody knows.)")
        case .keyNotInUse: LocalisedText(zh: "（凭证的签名密钥未启用或已作废）", en: "(Its key is not in use.)")
        case .forged: LocalisedText(zh: "（凭证的签名不符）", en: "(Its signature does not fit.)")
        case .expired: LocalisedText(zh: "（提交时凭证已过期）", en: "(It had expired when the request was received.)")
        case .notYetValid: LocalisedText(zh: "（提交时凭证尚未生效）", en: "(It was not valid yet when the request was received.)")
        case .wrongAudience: LocalisedText(zh: "（凭证不用于本平台）", en: "(It is not meant for this platform.)")
        }
    }
}
