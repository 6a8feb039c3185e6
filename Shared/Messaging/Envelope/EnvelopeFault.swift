public import Kernel

/// Why a record is not a message of Quan.
///
/// A command whose id can still be read is refused with an answer; anything else is parked, and `description` is what an
/// operator reads there. Values from the record never stand in it, only names and sizes.
public enum EnvelopeFault: Error, Sendable, Hashable, CustomStringConvertible {
    case missingHeader(String)
    case repeatedHeader(String)
    case malformedHeader(String, expected: String)
    case noKey
    case keyTooLong(bytes: Int)
    case keyNotText
    case noBody
    case bodyTooLarge(bytes: Int)
    case bodyNotText
    case bodyNotJSON
    case bodyTrailingComma(byte: Int)
    case bodyFieldTwice(String)
    case bodyTooDeep(limit: Int)
    case bodyNotOfType(String)
    case textNotTaken(field: String, TextFault)
    case unknownType
    case unknownVersion(supported: [Int])

    /// A stable short name, for metrics and for the parked row.
    public var slug: String {
        switch self {
        case .missingHeader: "missing-header"
        case .repeatedHeader: "repeated-header"
        case .malformedHeader: "malformed-header"
        case .noKey: "no-key"
        case .keyTooLong: "key-too-long"
        case .keyNotText: "key-not-text"
        case .noBody: "null-payload"
        case .bodyTooLarge: "body-too-large"
        case .bodyNotText: "body-not-utf8"
        case .bodyNotJSON: "body-not-json"
        case .bodyTrailingComma: "body-trailing-comma"
        case .bodyFieldTwice: "body-field-twice"
        case .bodyTooDeep: "body-too-deep"
        case .bodyNotOfType: "body-not-of-type"
        case .textNotTaken: "text-not-taken"
        case .unknownType: "unknown-type"
        case .unknownVersion: "unknown-version"
        }
    }

    /// What is wrong and what was expected, for a person.
    public var description: String {
        switch self {
        case .missingHeader(let name): "the header \(name) is missing"
        case .repeatedHeader(let name): "the header \(name) stands more than once"
        case .malformedHeader(let name, let expected): "the header \(name) is not \(expected)"
        case .noKey: "the record has no key"
        case .keyTooLong(let bytes): "the key has \(bytes) bytes; at most \(MessageLimits.keyBytes) are taken"
        case .keyNotText: "the key is not UTF-8 text"
        case .noBody: "the record has a null payload"
        case .bodyTooLarge(let bytes): "the body has \(bytes) bytes; at most \(MessageLimits.bodyBytes) are taken"
        case .bodyNotText: "the body is not UTF-8 text"
        case .bodyNotJSON: "the body is not complete JSON"
        case .bodyTrailingComma(let byte): "nothing stands between the comma and the closing bracket at byte \(byte) of the body"
        case .bodyFieldTwice(let name): "the field \(name) stands more than once in its object"
        case .bodyTooDeep(let limit): "the body has more than \(limit) objects and lists within each other"
        case .bodyNotOfType(let what): "the body does not fit its type: \(what)"
        case .textNotTaken(let field, let fault): "the body does not fit its type: \(field): \(fault)"
        case .unknownType: "no message of this type is known here"
        case .unknownVersion(let supported):
            "this version of the type is not known here; known: \(supported.map { "v\($0)" }.joined(separator: ", "))"
        }
    }

    /// The answer to a command with this fault.
    public var refusal: Refusal {
        if case .textNotTaken(let field, let fault) = self { return fault.refusal(field: field) }
        return rule.refusal(LocalisedText(zh: "（\(slug)）", en: "Here \(description)."))
    }

    private var rule: PlatformRule {
        switch self {
        case .missingHeader, .repeatedHeader, .malformedHeader: .headerMissingOrRepeated
        case .noKey, .keyTooLong, .keyNotText: .keyTooLong
        case .bodyTooLarge: .messageTooLarge
        case .noBody, .bodyNotText, .bodyNotJSON, .bodyTrailingComma, .bodyFieldTwice, .bodyTooDeep, .bodyNotOfType,
            .textNotTaken:
            .malformedMessage
        case .unknownType: .unknownMessageType
        case .unknownVersion: .unsupportedVersion
        }
    }
}
