/// A class of texts that people and systems send: how long a text of it may be, in characters and in bytes, and what may stand in it.
///
/// Both bounds are needed. One character of Unicode can be of any number of bytes ("e" with 100,000 accents is one), and what a message,
/// an event or a table takes is counted in bytes.
public protocol TextClass: Sendable {
    /// What a text of this class is called in a refusal, in Chinese.
    static var zh: String { get }
    /// What a text of this class is called in a refusal, in English.
    static var en: String { get }
    /// The fewest characters that are no blanks. 0 where the text may be empty: whether one is needed, a rule of the programme says.
    static var fewestCharacters: Int { get }
    /// The most characters (Unicode's extended grapheme clusters).
    static var mostCharacters: Int { get }
    /// The most bytes in UTF-8.
    static var mostBytes: Int { get }
    /// Whether blanks may stand in it.
    static var takesBlanks: Bool { get }
    /// Whether it is a whole document, in which lines end and tabs stand.
    static var takesLines: Bool { get }
}

extension TextClass {
    /// One or more.
    public static var fewestCharacters: Int { 1 }
    /// Four bytes a character: enough for any script of one code point a character.
    public static var mostBytes: Int { mostCharacters * 4 }
    /// Blanks are taken.
    public static var takesBlanks: Bool { true }
    /// It is no document.
    public static var takesLines: Bool { false }
}

/// The name of an enterprise, institution or product, or of a party on a paper.
public enum NameText: TextClass {
    /// In Chinese.
    public static let zh = "名称"
    /// In English.
    public static let en = "a name"
    /// At most so many characters.
    public static let mostCharacters = 200
}

/// The name of a bank account, as ISO 20022 bounds it (`Max140Text`).
public enum AccountNameText: TextClass {
    /// In Chinese.
    public static let zh = "账户名称"
    /// In English.
    public static let en = "an account's name"
    /// At most so many characters.
    public static let mostCharacters = 140
}

/// A name, number or code as it is read from a paper. It may be empty: the clause that asks for it says so.
public enum PaperText: TextClass {
    /// In Chinese.
    public static let zh = "材料所载文字"
    /// In English.
    public static let en = "a text of a paper"
    /// It may be empty.
    public static let fewestCharacters = 0
    /// At most so many characters.
    public static let mostCharacters = 200
}

/// A person to talk to.
public enum ContactText: TextClass {
    /// In Chinese.
    public static let zh = "联系人"
    /// In English.
    public static let en = "a contact"
    /// At most so many characters.
    public static let mostCharacters = 100
}

/// Why something is asked or decided. It may be empty; the programme says where a reason is needed.
public enum ReasonText: TextClass {
    /// In Chinese.
    public static let zh = "理由"
    /// In English.
    public static let en = "a reason"
    /// It may be empty.
    public static let fewestCharacters = 0
    /// At most so many characters.
    public static let mostCharacters = 500
}

/// What somebody adds in words.
public enum CommentText: TextClass {
    /// In Chinese.
    public static let zh = "说明"
    /// In English.
    public static let en = "a comment"
    /// It may be empty.
    public static let fewestCharacters = 0
    /// At most so many characters.
    public static let mostCharacters = 500
}

/// A name by which programmes, files and services call something: a programme, category, document, list, state, step.
public enum CodeText: TextClass {
    /// In Chinese.
    public static let zh = "代码"
    /// In English.
    public static let en = "a code"
    /// At most so many characters.
    public static let mostCharacters = 64
    /// At most so many bytes.
    public static let mostBytes = 64
    /// No blanks.
    public static let takesBlanks = false
}

/// A number as a person types it from a paper, in whatever form its own reader takes: a credit code, an invoice's number, a bank code.
public enum NumberText: TextClass {
    /// In Chinese.
    public static let zh = "号码"
    /// In English.
    public static let en = "a number"
    /// At most so many characters.
    public static let mostCharacters = 64
}

/// A number that a paper may leave out: it may be empty.
public enum OptionalNumberText: TextClass {
    /// In Chinese.
    public static let zh = "号码"
    /// In English.
    public static let en = "a number"
    /// It may be empty.
    public static let fewestCharacters = 0
    /// At most so many characters.
    public static let mostCharacters = 64
}

/// The name a file was uploaded under.
public enum FileNameText: TextClass {
    /// In Chinese.
    public static let zh = "文件名"
    /// In English.
    public static let en = "a file's name"
    /// At most so many characters.
    public static let mostCharacters = 200
}

/// The reference by which a bank knows a booking, as ISO 20022 bounds it (`Max35Text`).
public enum BankReferenceText: TextClass {
    /// In Chinese.
    public static let zh = "银行流水号"
    /// In English.
    public static let en = "a bank's reference"
    /// At most so many characters.
    public static let mostCharacters = 35
    /// At most so many bytes.
    public static let mostBytes = 140
}

/// A person, by the stable subject that the identity provider gives (OpenID Connect Core 1.0, section 5.1: at most 255 ASCII characters; ours
/// at most 200 bytes). Two texts that look the same must be the same, so no blanks stand in it.
public enum PersonText: TextClass {
    /// In Chinese.
    public static let zh = "人员标识"
    /// In English.
    public static let en = "a person's reference"
    /// At most so many characters.
    public static let mostCharacters = 200
    /// At most so many bytes.
    public static let mostBytes = 200
    /// No blanks.
    public static let takesBlanks = false
}

/// The name of a timer, or of what it is about: made by services of ids and codes.
public enum TimerText: TextClass {
    /// In Chinese.
    public static let zh = "定时器名称"
    /// In English.
    public static let en = "a timer's name"
    /// At most so many characters.
    public static let mostCharacters = 200
    /// At most so many bytes.
    public static let mostBytes = 200
    /// No blanks.
    public static let takesBlanks = false
}

/// The name of a topic of Kafka, which takes at most 249 bytes.
public enum TopicText: TextClass {
    /// In Chinese.
    public static let zh = "主题名称"
    /// In English.
    public static let en = "a topic's name"
    /// At most so many characters.
    public static let mostCharacters = 249
    /// At most so many bytes.
    public static let mostBytes = 249
    /// No blanks.
    public static let takesBlanks = false
}

/// A file of a programme as a whole. It fits a message together with its clauses.
public enum DocumentText: TextClass {
    /// In Chinese.
    public static let zh = "文件内容"
    /// In English.
    public static let en = "a document"
    /// At most so many characters.
    public static let mostCharacters = 900_000
    /// At most so many bytes.
    public static let mostBytes = 900_000
    /// Lines end in it.
    public static let takesLines = true
}
