public import Kernel

/// Why a text is not valid JSON or does not fit its type. The description contains no values of the text, only names and sizes.
public enum JSONFault: Error, Sendable, Hashable, CustomStringConvertible {
    case notText
    case notJSON
    case trailingComma(byte: Int)
    case fieldTwice(String)
    case tooDeep(limit: Int)
    case notOfType(String)
    case invalidText(field: String, TextFault)

    /// A stable short name, for metrics and for the parked row.
    public var slug: String {
        switch self {
        case .notText: "body-not-utf8"
        case .notJSON: "body-not-json"
        case .trailingComma: "body-trailing-comma"
        case .fieldTwice: "body-field-twice"
        case .tooDeep: "body-too-deep"
        case .notOfType: "body-not-of-type"
        case .invalidText: "text-not-taken"
        }
    }

    /// The problem and what was expected.
    public var description: String {
        switch self {
        case .notText: "the body is not UTF-8 text"
        case .notJSON: "the body is not complete JSON"
        case .trailingComma(let byte): "the body has a comma before the closing bracket at byte \(byte)"
        case .fieldTwice(let name): "the field \(name) is repeated in its object"
        case .tooDeep(let limit): "objects and lists in the body are nested more than \(limit) deep"
        case .notOfType(let what): "the body does not fit its type: \(what)"
        case .invalidText(let field, let fault): "the body does not fit its type: \(field): \(fault)"
        }
    }
}

extension JSONFault {
    /// The fault of a text that the decoder refused although it is valid JSON.
    init(_ error: DecodingError) {
        func at(_ path: [any CodingKey], _ what: String) -> JSONFault {
            let place = Self.place(path)
            return .notOfType(place.isEmpty ? what : "\(place): \(what)")
        }
        self =
            switch error {
            case .keyNotFound(let key, let context): at(context.codingPath, "the field \(Self.fieldName(key)) is missing")
            case .typeMismatch(let type, let context): at(context.codingPath, "\(type) was expected")
            case .valueNotFound(let type, let context): at(context.codingPath, "\(type) was expected, found null")
            case .dataCorrupted(let context):
                // The text is known to be JSON, so a value does not fit its field.
                JSONFault(underlying: context.underlyingError, at: context.codingPath) ?? at(context.codingPath, "the value is not allowed")
            @unknown default: .notJSON
            }
    }

    /// The fault of an invalid text; nil if the error has another cause.
    init?(underlying error: (any Error)?, at path: [any CodingKey]) {
        guard let fault = error as? TextFault else { return nil }
        self = .invalidText(field: Self.place(path), fault)
    }

    private static func place(_ path: [any CodingKey]) -> String { path.prefix(16).map(fieldName).joined(separator: ".") }

    private static func fieldName(_ key: any CodingKey) -> String {
        if let index = key.intValue, key.stringValue == "Index \(index)" { return "[\(index)]" }
        return fieldName(key.stringValue)
    }

    /// A field's name, if it can be one of Quan's own. Dictionary keys in a text come from the sender: they may be long or a personal number,
    /// and are not repeated.
    static func fieldName(_ name: String) -> String {
        let isOurs = name.utf8.count <= 64 && name.first?.isLetter == true && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
        return isOurs ? name : "…"
    }
}
