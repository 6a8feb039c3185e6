extension Fen: Codable {
    /// Decodes a whole number of fen.
    ///
    /// A number with a fraction, a number past 64 bits, a text, a truth value or null is a `DecodingError.dataCorrupted` that says so.
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
    /// The single whole number here; whatever else stands here is one clear error.
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
