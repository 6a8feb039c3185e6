/// The type of a setting's value, with its bounds.
public enum SettingKind: Sendable, Hashable {
    /// Text of at least one character.
    case text
    /// One of the given words.
    case choice([String])
    /// A whole number within bounds.
    case integer(ClosedRange<Int>)
    /// A duration within bounds, written as a whole number and a unit (`250ms`, `5s`, `2m`, `1h`).
    case duration(ClosedRange<Duration>)
    /// `true` or `false`.
    case boolean
    /// Texts: a list in a file; separated by commas in the environment and in flags.
    case list
    /// Names that the operator chooses below the setting's key, each with a text.
    case properties

    /// A description of a valid value, for help and refusals.
    public var expectation: String {
        switch self {
        case .text: "a text of at least one character"
        case .choice(let words): "one of " + words.joined(separator: ", ")
        case .integer(let bounds): "a whole number from \(bounds.lowerBound) to \(bounds.upperBound)"
        case .duration(let bounds):
            "a duration such as 250ms, 5s, 2m or 1h, from \(bounds.lowerBound.settingText) to \(bounds.upperBound.settingText)"
        case .boolean: "true or false"
        case .list: "a list of texts, separated by commas"
        case .properties: "names, each with a text"
        }
    }
}

/// A checked value of a setting.
public enum SettingContent: Sendable, Hashable {
    /// Of kind `text` or `choice`.
    case text(String)
    /// Of kind `integer`.
    case integer(Int)
    /// Of kind `duration`.
    case duration(Duration)
    /// Of kind `boolean`.
    case boolean(Bool)
    /// Of kind `list`.
    case list([String])
    /// Of kind `properties`.
    case properties([String: String])

    /// The value as it is written in the environment.
    public var text: String {
        switch self {
        case .text(let text): text
        case .integer(let number): String(number)
        case .duration(let duration): duration.settingText
        case .boolean(let flag): String(flag)
        case .list(let texts): texts.joined(separator: ",")
        case .properties(let properties):
            properties.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
        }
    }
}

extension SettingKind {
    /// Reads a text as a value of this kind; `nil` when it is invalid or out of bounds.
    func content(ofText text: String) -> SettingContent? {
        switch self {
        case .text: text.isEmpty ? nil : .text(text)
        case .choice(let words): words.contains(text) ? .text(text) : nil
        case .integer(let bounds): Int(text).flatMap { bounds.contains($0) ? .integer($0) : nil }
        case .duration(let bounds): Duration(settingText: text).flatMap { bounds.contains($0) ? .duration($0) : nil }
        case .boolean: Bool(text).map { .boolean($0) }
        case .list: .list(text.split(separator: ",").map { $0.trimmingSpaces }.filter { !$0.isEmpty })
        case .properties: nil
        }
    }
}

extension Substring {
    fileprivate var trimmingSpaces: String {
        var rest = self
        while rest.first == " " { rest.removeFirst() }
        while rest.last == " " { rest.removeLast() }
        return String(rest)
    }
}
