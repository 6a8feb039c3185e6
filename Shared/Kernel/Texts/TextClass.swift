/// A class of input texts: its length limits in characters and bytes, and the allowed characters.
///
/// Both limits are needed. One character can have any number of bytes ("e" with 100,000 accents is one character), and the limits of
/// messages and tables are in bytes.
public protocol TextClass: Sendable {
    /// The Chinese name of the class in refusals.
    static var zh: String { get }
    /// The English name of the class in refusals.
    static var en: String { get }
    /// The minimum number of characters that are not whitespace. 0 if the text may be empty; the programme's rules may still require one.
    static var minimumCharacters: Int { get }
    /// The maximum number of characters (extended grapheme clusters).
    static var maximumCharacters: Int { get }
    /// The maximum number of bytes in UTF-8.
    static var maximumBytes: Int { get }
    /// Whether whitespace is allowed.
    static var allowsWhitespace: Bool { get }
    /// Whether line breaks and tabs are allowed, as in a document.
    static var allowsLineBreaks: Bool { get }
}

extension TextClass {
    /// One or more.
    public static var minimumCharacters: Int { 1 }
    /// Four bytes per character: enough for any script with one code point per character.
    public static var maximumBytes: Int { maximumCharacters * 4 }
    /// Whitespace is allowed.
    public static var allowsWhitespace: Bool { true }
    /// Line breaks are not allowed.
    public static var allowsLineBreaks: Bool { false }
}

/// The name of an enterprise, institution or product, or of a party on a paper.
public enum NameText: TextClass {
    /// In Chinese.
    public static let zh = "名称"
    /// In English.
    public static let en = "a name"
    /// At most so many characters.
    public static let maximumCharacters = 200
}

/// The name of a bank account, with the limit of ISO 20022 (`Max140Text`).
public enum AccountNameText: TextClass {
    /// In Chinese.
    public static let zh = "账户名称"
    /// In English.
    public static let en = "an account's name"
    /// At most so many characters.
    public static let maximumCharacters = 140
}

/// A name, number or code from a paper. It may be empty: the clause that requires it then refuses.
public enum PaperText: TextClass {
    /// In Chinese.
    public static let zh = "材料所载文字"
    /// In English.
    public static let en = "a text of a paper"
    /// It may be empty.
    public static let minimumCharacters = 0
    /// At most so many characters.
    public static let maximumCharacters = 200
}

/// A contact person.
public enum ContactText: TextClass {
    /// In Chinese.
    public static let zh = "联系人"
    /// In English.
    public static let en = "a contact"
    /// At most so many characters.
    public static let maximumCharacters = 100
}

/// The reason for a request or decision. It may be empty; the programme says where a reason is required.
public enum ReasonText: TextClass {
    /// In Chinese.
    public static let zh = "理由"
    /// In English.
    public static let en = "a reason"
    /// It may be empty.
    public static let minimumCharacters = 0
    /// At most so many characters.
    public static let maximumCharacters = 500
}

/// A comment.
public enum CommentText: TextClass {
    /// In Chinese.
    public static let zh = "说明"
    /// In English.
    public static let en = "a comment"
    /// It may be empty.
    public static let minimumCharacters = 0
    /// At most so many characters.
    public static let maximumCharacters = 500
}

/// An identifier used by programmes, files and services: of a programme, category, document, list, state or step.
public enum CodeText: TextClass {
    /// In Chinese.
    public static let zh = "代码"
    /// In English.
    public static let en = "a code"
    /// At most so many characters.
    public static let maximumCharacters = 64
    /// At most so many bytes.
    public static let maximumBytes = 64
    /// No blanks.
    public static let allowsWhitespace = false
}

/// A number typed by a person, in the form that its own parser accepts: a credit code, an invoice number, a bank code.
public enum NumberText: TextClass {
    /// In Chinese.
    public static let zh = "号码"
    /// In English.
    public static let en = "a number"
    /// At most so many characters.
    public static let maximumCharacters = 64
}

/// A number that may be missing on a paper: it may be empty.
public enum OptionalNumberText: TextClass {
    /// In Chinese.
    public static let zh = "号码"
    /// In English.
    public static let en = "a number"
    /// It may be empty.
    public static let minimumCharacters = 0
    /// At most so many characters.
    public static let maximumCharacters = 64
}

/// The name of an uploaded file.
public enum FileNameText: TextClass {
    /// In Chinese.
    public static let zh = "文件名"
    /// In English.
    public static let en = "a file's name"
    /// At most so many characters.
    public static let maximumCharacters = 200
}

/// A bank's reference of a booking, with the limit of ISO 20022 (`Max35Text`).
public enum BankReferenceText: TextClass {
    /// In Chinese.
    public static let zh = "银行流水号"
    /// In English.
    public static let en = "a bank's reference"
    /// At most so many characters.
    public static let maximumCharacters = 35
    /// At most so many bytes.
    public static let maximumBytes = 140
}

/// A person, by the stable subject of the identity provider (OpenID Connect Core 1.0, section 5.1: at most 255 ASCII characters; here at
/// most 200 bytes). Texts that look the same must be the same, so whitespace is not allowed.
public enum PersonText: TextClass {
    /// In Chinese.
    public static let zh = "人员标识"
    /// In English.
    public static let en = "a person's reference"
    /// At most so many characters.
    public static let maximumCharacters = 200
    /// At most so many bytes.
    public static let maximumBytes = 200
    /// No blanks.
    public static let allowsWhitespace = false
}

/// The name of a timer or of its subject, composed of ids and codes by services.
public enum TimerText: TextClass {
    /// In Chinese.
    public static let zh = "定时器名称"
    /// In English.
    public static let en = "a timer's name"
    /// At most so many characters.
    public static let maximumCharacters = 200
    /// At most so many bytes.
    public static let maximumBytes = 200
    /// No blanks.
    public static let allowsWhitespace = false
}

/// The name of a Kafka topic, at most 249 bytes.
public enum TopicText: TextClass {
    /// In Chinese.
    public static let zh = "主题名称"
    /// In English.
    public static let en = "a topic's name"
    /// At most so many characters.
    public static let maximumCharacters = 249
    /// At most so many bytes.
    public static let maximumBytes = 249
    /// No blanks.
    public static let allowsWhitespace = false
}

/// A file of a programme. It fits into a message together with the clause files.
public enum DocumentText: TextClass {
    /// In Chinese.
    public static let zh = "文件内容"
    /// In English.
    public static let en = "a document"
    /// At most so many characters.
    public static let maximumCharacters = 900_000
    /// At most so many bytes.
    public static let maximumBytes = 900_000
    /// Line breaks are allowed.
    public static let allowsLineBreaks = true
}
