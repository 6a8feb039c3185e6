public import Kernel

/// Why a record is not a valid message.
///
/// A command whose id can be read is refused with an answer; any other record is parked with `description` as explanation. The description
/// contains no values of the record, only names and sizes.
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
    case invalidText(field: String, TextFault)
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
        case .invalidText: "text-not-taken"
        case .unknownType: "unknown-type"
        case .unknownVersion: "unknown-version"
        }
    }

    /// The problem and what was expected.
    public var description: String {
        switch self {
        case .missingHeader(let name): "the header \(name) is missing"
        case .repeatedHeader(let name): "the header \(name) is repeated"
        case .malformedHeader(let name, let expected): "the header \(name) is not \(expected)"
        case .noKey: "the record has no key"
        case .keyTooLong(let bytes): "the key has \(bytes) bytes; at most \(MessageLimits.keyBytes) are allowed"
        case .keyNotText: "the key is not UTF-8 text"
        case .noBody: "the record has a null payload"
        case .bodyTooLarge(let bytes): "the body has \(bytes) bytes; at most \(MessageLimits.bodyBytes) are allowed"
        case .bodyNotText: "the body is not UTF-8 text"
        case .bodyNotJSON: "the body is not complete JSON"
        case .bodyTrailingComma(let byte): "the body has a comma before the closing bracket at byte \(byte)"
        case .bodyFieldTwice(let name): "the field \(name) is repeated in its object"
        case .bodyTooDeep(let limit): "objects and lists in the body are nested more than \(limit) deep"
        case .bodyNotOfType(let what): "the body does not fit its type: \(what)"
        case .invalidText(let field, let fault): "the body does not fit its type: \(field): \(fault)"
        case .unknownType: "this service does not know messages of this type"
        case .unknownVersion(let supported):
            "this service does not know this version of the type; known versions: \(supported.map { "v\($0)" }.joined(separator: ", "))"
        }
    }

    /// The answer to a command with this fault.
    public var refusal: Refusal {
        if case .invalidText(let field, let fault) = self { return fault.refusal(field: field) }
        return rule.refusal(LocalisedText(zh: "（\(slug)）", en: "Cause: \(description)."))
    }

    private var rule: PlatformRule {
        switch self {
        case .missingHeader, .repeatedHeader, .malformedHeader: .headerMissingOrRepeated
        case .noKey, .keyTooLong, .keyNotText: .keyTooLong
        case .bodyTooLarge: .messageTooLarge
        case .noBody, .bodyNotText, .bodyNotJSON, .bodyTrailingComma, .bodyFieldTwice, .bodyTooDeep, .bodyNotOfType,
            .invalidText:
            .malformedMessage
        case .unknownType: .unknownMessageType
        case .unknownVersion: .unsupportedVersion
        }
    }
}
