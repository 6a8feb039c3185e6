public import Foundation

/// `numeric` on the wire: digits to base 10 000, the first with weight 10 000^weight (`src/backend/utils/adt/numeric.c`).
struct PostgresNumeric {
    var digits: [Int16]
    var weight: Int
    var isNegative: Bool
    /// The number of displayed decimal places.
    var scale: Int

    init(exactly value: Int64) {
        var rest = value.magnitude
        digits = []
        while rest > 0 {
            digits.insert(Int16(rest % 10_000), at: 0)
            rest /= 10_000
        }
        weight = max(0, digits.count - 1)
        isNegative = value < 0
        scale = 0
    }

    /// Nil for NaN.
    init?(_ value: Decimal) {
        guard !value.isNaN, !value.isInfinite else { return nil }
        isNegative = value.isSignMinus
        scale = max(0, -value.exponent)
        // The decimal digits, padded with zeros so that the decimal point is between two groups of four.
        var text = Array(value.significand.magnitude.description.utf8)
        let exponent = value.exponent
        let padding = exponent >= 0 ? exponent % 4 : (4 + exponent % 4) % 4
        text += Array(repeating: UInt8(ascii: "0"), count: padding)
        let lead = (4 - text.count % 4) % 4
        text = Array(repeating: UInt8(ascii: "0"), count: lead) + text
        digits = stride(from: 0, to: text.count, by: 4).map { start in
            text[start..<start + 4].reduce(Int16(0)) { $0 * 10 + Int16($1 - UInt8(ascii: "0")) }
        }
        weight = digits.count - 1 + (exponent - padding) / 4
    }

    func write(into writer: inout PostgresWriter) {
        writer.write(Int16(digits.count))
        writer.write(Int16(weight))
        writer.write(UInt16(isNegative ? 0x4000 : 0))
        writer.write(UInt16(scale))
        for digit in digits { writer.write(digit) }
    }
}

extension Decimal: PostgresEncodable, PostgresDecodable, PostgresElement {
    /// Sent as numeric. NaN is refused.
    public func encode(as type: PostgresType, into writer: inout PostgresWriter) throws {
        guard type == .numeric else { throw PostgresWriter.mismatch(Self.self, type) }
        guard let numeric = PostgresNumeric(self) else {
            throw PostgresError(.encoding, "a Decimal is not a number: send null, or a number")
        }
        numeric.write(into: &writer)
    }

    /// Read from numeric, exactly: more than 38 significant digits, NaN and the infinities are decoding errors.
    public static func decode(_ cell: PostgresCell) throws -> Decimal {
        let bytes = try cell.requireBytes()
        guard cell.type == .numeric else { throw cell.mismatch(Self.self) }
        guard bytes.count >= 8 else { throw cell.malformed() }
        func word(_ index: Int) -> UInt16 { UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self)) }
        let count = Int(word(0))
        let weight = Int(Int16(bitPattern: word(1)))
        let sign = word(2)
        guard bytes.count == 8 + 2 * count else { throw cell.malformed() }
        guard sign == 0 || sign == 0x4000 else { throw cell.outOfRange(Self.self) }
        let groups = (0..<count).map { Int(word(4 + $0)) }
        guard groups.allSatisfy({ $0 < 10_000 }) else { throw cell.malformed() }
        return try compose(groups, weight: weight, isNegative: sign != 0, cell)
    }

    private static func compose(_ groups: [Int], weight: Int, isNegative: Bool, _ cell: PostgresCell) throws -> Decimal {
        var text = groups.map { group in String(String(10_000 + group).dropFirst()) }.joined()
        var exponent = (weight - groups.count + 1) * 4
        // Zeros at either end carry no information and would count against the 38 digits a Decimal holds.
        while text.hasSuffix("0") {
            text.removeLast()
            exponent += 1
        }
        text = String(text.drop { $0 == "0" })
        guard !text.isEmpty else { return 0 }
        guard text.count <= 38, (-127...127).contains(exponent) else { throw cell.outOfRange(Self.self) }
        let significand = text.utf8.reduce(Decimal(0)) { $0 * 10 + Decimal(Int($1 - UInt8(ascii: "0"))) }
        return Decimal(sign: isNegative ? .minus : .plus, exponent: exponent, significand: significand)
    }
}
