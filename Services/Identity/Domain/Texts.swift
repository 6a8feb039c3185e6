import Kernel

/// Texts that people send.
enum Texts {
    /// A text with something in it and not too long. Throws QUAN-01.
    static func checked(_ text: String, _ field: String, zh: String, atMost: Int) throws(Refusal) -> String {
        guard text.contains(where: { !$0.isWhitespace }), text.count <= atMost, !text.unicodeScalars.contains("\0") else {
            throw malformed(
                field, zh: "\(zh)须为1至\(atMost)个字符。", en: "The field \(field) must have 1 to \(atMost) characters, and more than blanks."
            ).comparing("given", text.count, .characters).comparing("limit", atMost, .characters)
        }
        return text
    }

    /// A field is not well formed (QUAN-01).
    static func malformed(_ field: String, zh: String, en: String) -> Refusal {
        PlatformRule.malformedMessage.refusal(LocalisedText(zh: zh, en: en)).comparing("field", field, .code)
    }
}
