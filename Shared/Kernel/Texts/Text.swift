/// A field of a message that holds a text of a class.
///
/// ```swift
/// public struct PlaceOrder: Command {
///     @Text<ContactText> public private(set) var contact: String
/// }
/// ```
///
/// The text is validated when the message is decoded *and* when it is encoded. So the portal validates all texts of a command before it
/// accepts it, and the service that handles the command validates them again and refuses (QUAN-01) what a faulty sender did not catch.
@propertyWrapper
public struct Text<Class: TextClass>: Sendable, Hashable {
    /// The text.
    public var wrappedValue: String

    /// A text. It is validated when it is encoded or decoded.
    public init(wrappedValue: String) { self.wrappedValue = wrappedValue }
}

/// A field of a message that may hold a text of a class. Without a text, the field is omitted.
@propertyWrapper
public struct OptionalText<Class: TextClass>: Sendable, Hashable {
    /// The text, or nil.
    public var wrappedValue: String?

    /// A text, or none. It is validated when it is encoded or decoded.
    public init(wrappedValue: String?) { self.wrappedValue = wrappedValue }
}

/// The limit for the number of texts in a list of a message.
public enum TextListLimits {
    /// The maximum number of texts in one list.
    public static let most = 100
}

/// A field of a message that holds a list of texts of a class, at most `TextListLimits.most` of them.
@propertyWrapper
public struct Texts<Class: TextClass, List: Collection & Codable & Sendable & Hashable>: Sendable, Hashable
where List.Element == String {
    /// The texts.
    public var wrappedValue: List

    /// A list of texts. They are validated when they are encoded or decoded.
    public init(wrappedValue: List) { self.wrappedValue = wrappedValue }
}

extension Text: Codable {
    /// Decodes a text. An invalid text is a `DecodingError.dataCorrupted` whose underlying error is a `TextFault`.
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        try Class.validate(text, at: decoder.codingPath)
        wrappedValue = text
    }

    /// Encodes the text. An invalid text is an `EncodingError.invalidValue` whose underlying error is a `TextFault`.
    public func encode(to encoder: any Encoder) throws {
        try Class.validate(wrappedValue, writtenAt: encoder.codingPath)
        var container = encoder.singleValueContainer()
        try container.encode(wrappedValue)
    }
}

extension OptionalText: Codable {
    /// Decodes a text, or null for none.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard !container.decodeNil() else {
            wrappedValue = nil
            return
        }
        wrappedValue = try Text<Class>(from: decoder).wrappedValue
    }

    /// Encodes the text, or null for none.
    public func encode(to encoder: any Encoder) throws {
        if let text = wrappedValue {
            try Text<Class>(wrappedValue: text).encode(to: encoder)
        } else {
            var container = encoder.singleValueContainer()
            try container.encodeNil()
        }
    }
}

extension Texts: Codable {
    /// Decodes the texts; the first invalid one, or one too many, is an error as for a single text.
    public init(from decoder: any Decoder) throws {
        let list = try List(from: decoder)
        try Self.judge(list) { fault, index in
            DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: decoder.codingPath + (index.map { [ListIndex(intValue: $0)] } ?? []),
                    debugDescription: fault.map(\.description) ?? "at most \(TextListLimits.most) texts", underlyingError: fault))
        }
        wrappedValue = list
    }

    /// Encodes the texts.
    public func encode(to encoder: any Encoder) throws {
        try Self.judge(wrappedValue) { fault, index in
            EncodingError.invalidValue(
                "",
                EncodingError.Context(
                    codingPath: encoder.codingPath + (index.map { [ListIndex(intValue: $0)] } ?? []),
                    debugDescription: fault.map(\.description) ?? "at most \(TextListLimits.most) texts", underlyingError: fault))
        }
        try wrappedValue.encode(to: encoder)
    }

    private static func judge(_ list: List, _ error: (TextFault?, Int?) -> some Error) throws {
        guard list.count <= TextListLimits.most else { throw error(nil, nil) }
        for (index, text) in list.enumerated() {
            if let fault = Class.fault(in: text) { throw error(fault, index) }
        }
    }
}

/// The index of a text in its list.
private struct ListIndex: CodingKey {
    let index: Int

    init(intValue: Int) { index = intValue }
    init?(stringValue: String) { nil }

    var stringValue: String { "Index \(index)" }
    var intValue: Int? { index }
}

extension TextClass {
    fileprivate static func validate(_ text: String, at path: [any CodingKey]) throws {
        guard let fault = fault(in: text) else { return }
        throw DecodingError.dataCorrupted(
            DecodingError.Context(codingPath: path, debugDescription: fault.description, underlyingError: fault))
    }

    fileprivate static func validate(_ text: String, writtenAt path: [any CodingKey]) throws {
        guard let fault = fault(in: text) else { return }
        throw EncodingError.invalidValue(
            "", EncodingError.Context(codingPath: path, debugDescription: fault.description, underlyingError: fault))
    }
}

extension KeyedDecodingContainer {
    /// An omitted field holds no text.
    public func decode<Class>(_ type: OptionalText<Class>.Type, forKey key: Key) throws -> OptionalText<Class> {
        try decodeIfPresent(type, forKey: key) ?? OptionalText(wrappedValue: nil)
    }
}

extension KeyedEncodingContainer {
    /// A field without a text is omitted.
    public mutating func encode<Class>(_ text: OptionalText<Class>, forKey key: Key) throws {
        if text.wrappedValue != nil { try encodeIfPresent(text, forKey: key) }
    }
}
