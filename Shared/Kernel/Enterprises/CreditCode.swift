/// A unified social credit code (统一社会信用代码, GB 32100-2015): 18 characters that identify an organisation permanently.
///
/// One character for the registering department, one for the kind of entity, six for the division code of the registering authority, nine
/// for the subject code, one check character. A value of this type is well formed with a correct check character; whether the code was ever
/// issued, only the registry knows.
public struct CreditCode: Sendable, Hashable, CustomStringConvertible {
    /// The 18 characters.
    public let text: String

    /// The number of characters.
    public static let length = 18

    /// Parses exactly 18 characters with capital letters. Use `init(typed:)` for user input.
    public init(_ text: String) throws(CreditCodeError) {
        let characters = Array(text)
        guard characters.count == Self.length else { throw .length(characters.count) }
        for (index, character) in characters.enumerated() {
            let isAllowed = (2...7).contains(index) ? ("0"..."9").contains(character) : Self.value(of: character) != nil
            guard isAllowed, character.isASCII else { throw .character(place: index + 1) }
        }
        guard Self.checkCharacter(for: String(characters.prefix(17))) == characters[17] else { throw .check }
        self.text = text
    }

    /// Parses user input: spaces and hyphens are removed, letters become capital, full-width characters become ASCII.
    public init(typed text: String) throws(CreditCodeError) {
        let kept = text.unicodeScalars.compactMap { scalar -> Character? in
            let isGap = scalar.properties.isWhitespace || scalar == "-" || scalar == "－"
            guard !isGap else { return nil }
            let isFullWidth = (0xFF01...0xFF5E).contains(scalar.value)
            return Unicode.Scalar(isFullWidth ? scalar.value - 0xFEE0 : scalar.value).map { Character($0) }
        }
        try self.init(String(kept).uppercased())
    }

    /// The check character for these 17 characters; nil if they are not 17 characters of the code's alphabet.
    ///
    /// C = (31 - S mod 31) mod 31, S the sum of each value times 3^(place - 1) mod 31.
    public static func checkCharacter(for body: String) -> Character? {
        var sum = 0
        var weight = 1
        var count = 0
        for character in body {
            guard count < length, let value = value(of: character) else { return nil }
            sum += value * weight
            weight = weight * 3 % alphabet.count
            count += 1
        }
        guard count == length - 1 else { return nil }
        return alphabet[(alphabet.count - sum % alphabet.count) % alphabet.count]
    }

    /// The characters a code is written with; a character's value is its place, from 0.
    public static let alphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY")

    private static let values = Dictionary(uniqueKeysWithValues: alphabet.enumerated().map { ($1, $0) })
    private static func value(of character: Character) -> Int? { values[character] }

    /// The 18 characters.
    public var description: String { text }
}

extension CreditCode: Codable {
    /// Decodes a text with `init(_:)`; anything else is a decoding error.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        do {
            try self.init(text)
        } catch {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
        }
    }

    /// Encodes the 18 characters.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
