/// One of the numbers a refusal compared: what it is of, how much, in which unit.
public struct RefusalNumber: Sendable, Hashable, Codable {
    /// A count or amount, or a text where the thing compared is no number (a date, a code).
    public enum Value: Sendable, Hashable {
        /// A count, or an amount in the unit beside it.
        case integer(Int64)
        /// A thing compared that is no number.
        case text(String)
    }

    /// What the value is of, in lower camel case: "requested", "limit", "left".
    public let name: String
    /// How much it is.
    public let value: Value
    /// In which unit.
    public let unit: RefusalUnit

    /// A number that was compared.
    public init(name: String, value: Value, unit: RefusalUnit) {
        (self.name, self.value, self.unit) = (name, value, unit)
    }
}

/// The unit of a compared number. The ones below are the usual ones; any other text is a unit too.
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
    /// Things counted one by one.
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
