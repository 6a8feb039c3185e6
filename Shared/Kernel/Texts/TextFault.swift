/// Why a text is invalid. It never contains the text, which may be long or a person's number.
public struct TextFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// The reason.
    public enum Reason: Sendable, Hashable {
        /// It has only whitespace, and its class requires a text.
        case empty
        /// It has more characters than its class allows.
        case characters(given: Int)
        /// It has more bytes than its class allows.
        case bytes(given: Int)
        /// It has a control character: NUL, a line break, a bidirectional control.
        case controlCharacter
        /// It has whitespace, and its class allows none.
        case blank
    }

    /// The reason.
    public let reason: Reason
    /// The name of the class for people.
    public let name: LocalisedText
    /// The maximum number of characters of the class.
    public let maximumCharacters: Int
    /// The maximum number of bytes of the class.
    public let maximumBytes: Int

    init<Class: TextClass>(_ reason: Reason, _: Class.Type) {
        self.reason = reason
        name = LocalisedText(zh: Class.zh, en: Class.en)
        (maximumCharacters, maximumBytes) = (Class.maximumCharacters, Class.maximumBytes)
    }

    /// The problem and the limit, in English.
    public var description: String { explanation.en }

    /// The problem and the limit.
    public var explanation: LocalisedText {
        switch reason {
        case .empty:
            LocalisedText(zh: "\(name.zh)不能为空", en: "\(name.en) cannot be empty")
        case .characters(let given):
            LocalisedText(
                zh: "\(name.zh)最多\(maximumCharacters)个字符，现有\(given)个",
                en: "\(name.en) has at most \(maximumCharacters) characters; this one has \(given)")
        case .bytes(let given):
            LocalisedText(
                zh: "\(name.zh)最多\(maximumBytes)字节，现有\(given)字节", en: "\(name.en) has at most \(maximumBytes) bytes; this one has \(given)")
        case .controlCharacter:
            LocalisedText(
                zh: "\(name.zh)不能含有控制字符（包括换行和空字符）", en: "\(name.en) cannot have control characters such as line breaks or NUL")
        case .blank:
            LocalisedText(zh: "\(name.zh)不能含有空格", en: "\(name.en) cannot have whitespace")
        }
    }

    /// The refusal under QUAN-01.
    ///
    /// - Parameter field: the name of the field.
    public func refusal(field: String) -> Refusal {
        let refusal = PlatformRule.malformedMessage.refusal(
            LocalisedText(zh: "（\(field)：\(explanation.zh)）", en: "\(field): \(explanation.en).")
        ).comparing("field", field, .code)
        return switch reason {
        case .characters(let given):
            refusal.comparing("given", given, .characters).comparing("limit", maximumCharacters, .characters)
        case .bytes(let given): refusal.comparing("given", given, .bytes).comparing("limit", maximumBytes, .bytes)
        case .empty, .controlCharacter, .blank: refusal
        }
    }
}

extension TextClass {
    /// Why a text is invalid for this class; nil if it is valid.
    public static func fault(in text: String) -> TextFault? {
        // Bytes first, because counting the characters of an unbounded text is expensive.
        let bytes = text.utf8.count
        guard bytes <= maximumBytes else { return TextFault(.bytes(given: bytes), Self.self) }
        let characters = text.count
        guard characters <= maximumCharacters else { return TextFault(.characters(given: characters), Self.self) }
        if text.unicodeScalars.contains(where: { $0.isControl && !(allowsLineBreaks && $0.endsLineOrIsTab) }) {
            return TextFault(.controlCharacter, Self.self)
        }
        if !allowsWhitespace, text.contains(where: \.isWhitespace) { return TextFault(.blank, Self.self) }
        if minimumCharacters > 0 {
            let shown = text.unicodeScalars.count { !$0.properties.isWhitespace && $0.properties.generalCategory != .format }
            guard shown >= minimumCharacters else { return TextFault(.empty, Self.self) }
        }
        return nil
    }

    /// The text truncated to this class's limits, with U+FFFD for each control character. For texts of other systems that must be stored,
    /// such as a bank's reason.
    public static func clipped(_ text: String) -> String {
        var kept = ""
        var bytes = 0
        for character in text.prefix(maximumCharacters) {
            let clean = character.unicodeScalars.contains(where: \.isControl) ? "\u{FFFD}" : String(character)
            bytes += clean.utf8.count
            guard bytes <= maximumBytes else { break }
            kept += clean
        }
        return kept
    }
}

extension Unicode.Scalar {
    /// Whether it controls the display or parsing of text: control characters (category Cc), line and paragraph separators, bidirectional
    /// controls (Unicode Standard Annex 9), and noncharacters.
    fileprivate var isControl: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate: true
        default: (0x202A...0x202E).contains(value) || (0x2066...0x2069).contains(value) || properties.isNoncharacterCodePoint
        }
    }

    fileprivate var endsLineOrIsTab: Bool { self == "\n" || self == "\r" || self == "\t" }
}
