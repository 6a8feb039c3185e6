/// A share from 0% to 100% in basis points (hundredths of a percent): 3000 is 30%.
public struct BasisPoints: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    /// The number of basis points, 0 to 10000.
    public let rawValue: Int64

    /// Nothing.
    public static let zero = BasisPoints(unchecked: 0)
    /// The whole amount.
    public static let whole = BasisPoints(unchecked: 10000)

    private init(unchecked: Int64) { rawValue = unchecked }

    /// A share of `number` basis points. Throws `MoneyError.notBasisPoints` outside 0 to 10000.
    public init(_ number: Int64) throws(MoneyError) {
        guard (0...10000).contains(number) else { throw .notBasisPoints(number) }
        rawValue = number
    }

    /// The complement to the whole amount.
    public var remainder: BasisPoints { BasisPoints(unchecked: 10000 - rawValue) }

    /// Whether `left` is the smaller share.
    public static func < (left: BasisPoints, right: BasisPoints) -> Bool { left.rawValue < right.rawValue }

    /// The share in percent, without trailing zeros: "30%", "12.5%", "0.01%".
    public var description: String {
        let (percent, hundredths) = rawValue.quotientAndRemainder(dividingBy: 100)
        guard hundredths != 0 else { return "\(percent)%" }
        let digits = hundredths % 10 == 0 ? "\(hundredths / 10)" : hundredths < 10 ? "0\(hundredths)" : "\(hundredths)"
        return "\(percent).\(digits)%"
    }

    /// Decodes a whole number from 0 to 10000; anything else is a decoding error.
    public init(from decoder: any Decoder) throws {
        let expectation = "a share is a whole number of basis points from 0 to 10000 (3000 is 30%)"
        let number = try decoder.wholeNumber(expectation)
        guard (0...10000).contains(number) else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "\(expectation), not \(number)"))
        }
        rawValue = number
    }

    /// Encodes the whole number.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
