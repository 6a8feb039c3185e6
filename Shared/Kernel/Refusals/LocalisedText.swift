/// A text for people, in Chinese and in English with the same meaning.
public struct LocalisedText: Sendable, Hashable, Codable {
    /// The Chinese text.
    public let zh: String
    /// The English text.
    public let en: String

    /// A text in both languages.
    public init(zh: String, en: String) { (self.zh, self.en) = (zh, en) }
}
