public import Kernel
public import StrictJSON

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
    case body(JSONFault)
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
        case .body(let fault): fault.slug
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
        case .body(let fault): fault.description
        case .unknownType: "this service does not know messages of this type"
        case .unknownVersion(let supported):
            "this service does not know this version of the type; known versions: \(supported.map { "v\($0)" }.joined(separator: ", "))"
        }
    }

    /// The answer to a command with this fault.
    public var refusal: Refusal {
        if case .body(.invalidText(let field, let fault)) = self { return fault.refusal(field: field) }
        return rule.refusal(LocalisedText(zh: "（\(slug)）", en: "Cause: \(description)."))
    }

    private var rule: PlatformRule {
        switch self {
        case .missingHeader, .repeatedHeader, .malformedHeader: .headerMissingOrRepeated
        case .noKey, .keyTooLong, .keyNotText: .keyTooLong
        case .bodyTooLarge: .messageTooLarge
        case .noBody, .body: .malformedMessage
        case .unknownType: .unknownMessageType
        case .unknownVersion: .unsupportedVersion
        }
    }
}
