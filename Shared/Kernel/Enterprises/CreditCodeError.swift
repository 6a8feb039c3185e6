/// Why a text is not a unified social credit code.
public enum CreditCodeError: Error, Sendable, Hashable, CustomStringConvertible {
    /// It has this many characters, and not 18.
    case length(Int)
    /// The character at this position (from 1) is not allowed: I, O, S, V and Z are not in the alphabet, and positions 3 to 8 are digits.
    case character(place: Int)
    /// The check character does not match the first 17 characters.
    case check

    /// The problem and its reason.
    public var description: String { "not a unified social credit code: \(text.en)" }

    /// The error as a refusal (QUAN-12). It does not contain the code itself.
    public var refusal: Refusal {
        let refusal = PlatformRule.malformedCreditCode.refusal(text)
        return switch self {
        case .length(let count): refusal.comparing("given", count, .characters).comparing("expected", CreditCode.length, .characters)
        case .character(let place): refusal.comparing("place", place, .count)
        case .check: refusal
        }
    }

    private var text: LocalisedText {
        switch self {
        case .length(let count):
            LocalisedText(zh: "代码应为 18 位，实为 \(count) 位。", en: "It has \(count) characters and must have 18.")
        case .character(let place):
            LocalisedText(zh: "第 \(place) 位的字符不能出现在该位置。", en: "The character at position \(place) is not allowed there.")
        case .check:
            LocalisedText(zh: "末位校验码与前 17 位不符。", en: "The last character, the check character, does not match the first 17.")
        }
    }
}
