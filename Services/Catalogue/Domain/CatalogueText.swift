public import Kernel

/// What people write into the catalogue: there is something, not too much of it, and nothing that no page could show.
public enum CatalogueText {
    /// The longest name of an institution or a product, in characters.
    public static let nameCharacters = 200
    /// The longest reason.
    public static let reasonCharacters = 500

    /// The text without the space around it. Refused under QUAN-01 where nothing is left, or too much, or where it has control characters.
    public static func checked(_ text: String, _ field: String, atMost most: Int) throws(Refusal) -> String {
        let isShown = text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        let trimmed = text.trimmingPrefix(while: \.isWhitespace).reversed().trimmingPrefix(while: \.isWhitespace).reversed()
        guard isShown, (1...most).contains(trimmed.count) else {
            throw PlatformRule.malformedMessage.refusal(
                LocalisedText(zh: "文字不能为空、过长，或含有控制字符。", en: "A text is empty, too long, or has control characters.")
            ).comparing(field, text.count, .characters).comparing("most", most, .characters)
        }
        return String(trimmed)
    }
}
