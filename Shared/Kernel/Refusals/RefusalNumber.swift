/// A value compared in a refusal, with its name and unit.
public struct RefusalNumber: Sendable, Hashable, Codable {
    /// A count or amount, or a text if the compared value is not a number (a date, a code).
    public enum Value: Sendable, Hashable {
        /// A count, or an amount in the value's unit.
        case integer(Int64)
        /// A compared value that is not a number.
        case text(String)
    }

    /// The name of the value in lower camel case: "requested", "limit", "left".
    public let name: String
    /// The value.
    public let value: Value
    /// The unit.
    public let unit: RefusalUnit

    /// A compared value.
    public init(name: String, value: Value, unit: RefusalUnit) {
        (self.name, self.value, self.unit) = (name, value, unit)
    }
}

/// The unit of a compared value. The constants below are the usual ones; any other text is allowed too.
public struct RefusalUnit: RawRepresentable, Sendable, Hashable, Codable, ExpressibleByStringLiteral {
    /// The unit's name on the wire.
    public let rawValue: String

    /// A unit by its name on the wire.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// A unit by its name on the wire.
    public init(stringLiteral value: String) { rawValue = value }

    /// Hundredths of a yuan.
    public static let fen: RefusalUnit = "fen"
    /// Hundredths of a percent.
    public static let basisPoints: RefusalUnit = "basisPoints"
    /// Vouchers.
    public static let vouchers: RefusalUnit = "vouchers"
    /// Pieces.
    public static let count: RefusalUnit = "count"
    /// Characters of a text.
    public static let characters: RefusalUnit = "characters"
    /// Bytes.
    public static let bytes: RefusalUnit = "bytes"
    /// Seconds.
    public static let seconds: RefusalUnit = "seconds"
    /// Calendar days.
    public static let days: RefusalUnit = "days"
    /// Working days.
    public static let workingDays: RefusalUnit = "workingDays"
    /// A day in Asia/Shanghai, as text like 2026-05-09.
    public static let date: RefusalUnit = "date"
    /// An identifier or code, as text.
    public static let code: RefusalUnit = "code"
}

extension RefusalNumber.Value: Codable {
    /// Decodes a whole number or a text; anything else is a decoding error.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            self = .text(text)
        } else {
            self = .integer(try decoder.wholeNumber("a compared number is a whole number that fits 64 bits, or a text"))
        }
    }

    /// Encodes the bare number or text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .integer(let number): try container.encode(number)
        case .text(let text): try container.encode(text)
        }
    }
}
