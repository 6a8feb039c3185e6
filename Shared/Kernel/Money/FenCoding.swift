extension Fen: Codable {
    /// Decodes a whole number of fen.
    ///
    /// A fraction, a number outside 64 bits, a string, a Boolean or null is a `DecodingError.dataCorrupted` with an explanation.
    public init(from decoder: any Decoder) throws {
        self.init(try decoder.wholeNumber("an amount of money is a whole number of fen (123456 for 1234.56 yuan) that fits 64 bits"))
    }

    /// Encodes the whole number of fen.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}

extension Decoder {
    /// The single whole number; any other value is one clear error.
    func wholeNumber(_ expectation: String) throws -> Int64 {
        let container = try singleValueContainer()
        do {
            return try container.decode(Int64.self)
        } catch {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: codingPath, debugDescription: expectation, underlyingError: error))
        }
    }
}
