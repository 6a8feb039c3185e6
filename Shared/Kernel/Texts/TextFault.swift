/// What is wrong with a text. It never carries the text: that may be long, or a person's number.
public struct TextFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong.
    public enum Reason: Sendable, Hashable {
        /// Nothing but blanks stands where something must.
        case empty
        /// It has more characters than its class takes.
        case characters(given: Int)
        /// It has more bytes than its class takes.
        case bytes(given: Int)
        /// A control character stands in it: NUL, a line break, a sign that turns the direction of writing.
        case controlCharacter
        /// A blank stands where its class takes none.
        case blank
    }

    /// What is wrong.
    public let reason: Reason
    /// What a text of the class is called.
    public let name: LocalisedText
    /// The most characters of the class.
    public let mostCharacters: Int
    /// The most bytes of the class.
    public let mostBytes: Int

    init<Class: TextClass>(_ reason: Reason, _: Class.Type) {
        self.reason = reason
        name = LocalisedText(zh: Class.zh, en: Class.en)
        (mostCharacters, mostBytes) = (Class.mostCharacters, Class.mostBytes)
    }

    /// What is wrong and what is allowed, in English.
    public var description: String { explanation.en }

    /// What is wrong and what is allowed.
    public var explanation: LocalisedText {
        switch reason {
        case .empty:
            LocalisedText(zh: "\(name.zh)不能为空", en: "\(name.en) cannot be empty")
        case .characters(let given):
            LocalisedText(
                zh: "\(name.zh)最多\(mostCharacters)个字符，现有\(given)个",
                en: "\(name.en) has at most \(mostCharacters) characters; this one has \(given)")
        case .bytes(let given):
            LocalisedText(
                zh: "\(name.zh)最多\(mostBytes)字节，现有\(given)字节", en: "\(name.en) has at most \(mostBytes) bytes; this one has \(given)")
        case .controlCharacter:
            LocalisedText(
                zh: "\(name.zh)不能含有控制字符（包括换行和空字符）", en: "\(name.en) cannot hold control characters, line breaks and NUL among them")
        case .blank:
            LocalisedText(zh: "\(name.zh)不能含有空格", en: "\(name.en) cannot hold blanks")
        }
    }

    /// The refusal under QUAN-01.
    ///
    /// - Parameter field: the name of the field the text stands in.
    public func refusal(field: String) -> Refusal {
        let refusal = PlatformRule.malformedMessage.refusal(
            LocalisedText(zh: "（\(field)：\(explanation.zh)）", en: "\(field): \(explanation.en).")
        ).comparing("field", field, .code)
        return switch reason {
        case .characters(let given):
            refusal.comparing("given", given, .characters).comparing("limit", mostCharacters, .characters)
        case .bytes(let given): refusal.comparing("given", given, .bytes).comparing("limit", mostBytes, .bytes)
        case .empty, .controlCharacter, .blank: refusal
        }
    }
}

extension TextClass {
    /// What is wrong with a text as one of this class; nil where it is one.
    public static func fault(in text: String) -> TextFault? {
        // Bytes first: counting the characters of a text of any length would cost whoever reads it.
        let bytes = text.utf8.count
        guard bytes <= mostBytes else { return TextFault(.bytes(given: bytes), Self.self) }
        let characters = text.count
        guard characters <= mostCharacters else { return TextFault(.characters(given: characters), Self.self) }
        if text.unicodeScalars.contains(where: { $0.isControl && !(takesLines && $0.endsLineOrIsTab) }) {
            return TextFault(.controlCharacter, Self.self)
        }
        if !takesBlanks, text.contains(where: \.isWhitespace) { return TextFault(.blank, Self.self) }
        if fewestCharacters > 0 {
            let shown = text.unicodeScalars.count { !$0.properties.isWhitespace && $0.properties.generalCategory != .format }
            guard shown >= fewestCharacters else { return TextFault(.empty, Self.self) }
        }
        return nil
    }

    /// The text as one of this class, cut where it is longer, with U+FFFD for each control character: for what a foreign system has sent and
    /// we must keep, as a bank's reason.
    public static func clipped(_ text: String) -> String {
        var kept = ""
        var bytes = 0
        for character in text.prefix(mostCharacters) {
            let clean = character.unicodeScalars.contains(where: \.isControl) ? "\u{FFFD}" : String(character)
            bytes += clean.utf8.count
            guard bytes <= mostBytes else { break }
            kept += clean
        }
        return kept
    }
}

extension Unicode.Scalar {
    /// Whether it controls how text is shown or read and is no text itself: control characters (category Cc), the separators of lines and
    /// paragraphs, the signs that turn the direction of writing (Unicode Standard Annex 9), and noncharacters.
    fileprivate var isControl: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate: true
        default: (0x202A...0x202E).contains(value) || (0x2066...0x2069).contains(value) || properties.isNoncharacterCodePoint
        }
    }

    fileprivate var endsLineOrIsTab: Bool { self == "\n" || self == "\r" || self == "\t" }
}
