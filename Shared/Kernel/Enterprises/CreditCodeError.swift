/// Why a text is no unified social credit code.
public enum CreditCodeError: Error, Sendable, Hashable, CustomStringConvertible {
    /// It has this many characters, and not 18.
    case length(Int)
    /// The character at this place, counted from 1, cannot stand there: the letters I, O, S, V, Z nowhere, in places 3 to 8 digits alone.
    case character(place: Int)
    /// The last character does not agree with the first 17.
    case check

    /// What happened, why, and how to mend it.
    public var description: String { "not a unified social credit code: \(text.en)" }

    /// The same as the platform's refusal. The code itself is not in it.
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
            LocalisedText(zh: "第 \(place) 位的字符不能出现在该位置。", en: "The character at place \(place) cannot stand there.")
        case .check:
            LocalisedText(zh: "末位校验码与前 17 位不符。", en: "The last character, the check, does not agree with the first 17.")
        }
    }
}
