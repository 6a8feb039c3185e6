import Kernel

/// Reads amounts in yuan with written arithmetic: "100000 * 12 / 36 * 30% = 10000". Every result is exact; only at the end it is rounded down
/// to the fen. Where an equals sign is written, both sides must be the same.
enum Arithmetic {
    /// The amount in fen; nil with a reason where the text is no amount.
    static func fen(_ text: String) -> Result<Int64, Mistake> {
        let sides = text.split(separator: "=", omittingEmptySubsequences: false).map { value(String($0)) }
        var results: [Int64] = []
        for side in sides {
            guard let side else { return .failure(Mistake(text: "\"\(text)\" is no amount in yuan")) }
            results.append(side)
        }
        guard let first = results.first, results.allSatisfy({ $0 == first }) else {
            return .failure(
                Mistake(text: "the sides of \"\(text)\" differ: \(results.map { Fen($0).description }.joined(separator: ", "))"))
        }
        return .success(first)
    }

    struct Mistake: Error {
        let text: String
    }

    private static func value(_ text: String) -> Int64? {
        var parser = Parser(Array(text.unicodeScalars.filter { $0 != " " && $0 != "," && $0 != "¥" }))
        guard let result = parser.sum(), parser.isAtEnd else { return nil }
        guard let hundredfold = Fraction(result.top * 100, result.bottom) else { return nil }
        let quotient = hundredfold.top / hundredfold.bottom
        let floor = hundredfold.top % hundredfold.bottom < 0 ? quotient - 1 : quotient
        return Int64(exactly: floor)
    }

    /// A reduced fraction whose parts are below 2^60, so that the product or sum of two fractions fits in 128 bits.
    private struct Fraction {
        let top: Int128
        let bottom: Int128

        /// Nil where a part is out of range.
        init?(_ top: Int128, _ bottom: Int128) {
            var (left, right) = (abs(top), abs(bottom))
            while right != 0 { (left, right) = (right, left % right) }
            let divisor = left == 0 ? 1 : left
            (self.top, self.bottom) = (bottom < 0 ? -top / divisor : top / divisor, abs(bottom) / divisor)
            guard bottom != 0, abs(self.top) < 1 << 60, self.bottom < 1 << 60 else { return nil }
        }
    }

    private struct Parser {
        private let text: [Unicode.Scalar]
        private var place = 0
        private var depth = 0

        init(_ text: [Unicode.Scalar]) { self.text = text }

        var isAtEnd: Bool { place == text.count }

        private mutating func takes(_ scalar: Unicode.Scalar) -> Bool {
            guard place < text.count, text[place] == scalar else { return false }
            place += 1
            return true
        }

        mutating func sum() -> Fraction? {
            guard var result = product() else { return nil }
            while true {
                if takes("+") {
                    guard let next = product(),
                        let sum = Fraction(result.top * next.bottom + next.top * result.bottom, result.bottom * next.bottom)
                    else { return nil }
                    result = sum
                } else if takes("-") {
                    guard let next = product(),
                        let sum = Fraction(result.top * next.bottom - next.top * result.bottom, result.bottom * next.bottom)
                    else { return nil }
                    result = sum
                } else {
                    return result
                }
            }
        }

        private mutating func product() -> Fraction? {
            guard var result = factor() else { return nil }
            while true {
                if takes("*") || takes("×") {
                    guard let next = factor(), let product = Fraction(result.top * next.top, result.bottom * next.bottom)
                    else { return nil }
                    result = product
                } else if takes("/") || takes("÷") {
                    guard let next = factor(), next.top != 0,
                        let quotient = Fraction(result.top * next.bottom, result.bottom * next.top)
                    else { return nil }
                    result = quotient
                } else {
                    return result
                }
            }
        }

        private mutating func factor() -> Fraction? {
            if takes("(") {
                depth += 1
                guard depth < 20, let inner = sum(), takes(")") else { return nil }
                depth -= 1
                return inner
            }
            var (digits, decimals, isDecimal): (Int128, Int128, Bool) = (0, 1, false)
            let begin = place
            while place < text.count, place - begin < 18 {
                if text[place] == ".", !isDecimal {
                    isDecimal = true
                } else if let digit = Int128(String(text[place])) {
                    digits = digits * 10 + digit
                    if isDecimal { decimals *= 10 }
                } else {
                    break
                }
                place += 1
            }
            guard place > begin else { return nil }
            return takes("%") ? Fraction(digits, decimals * 100) : Fraction(digits, decimals)
        }
    }
}
