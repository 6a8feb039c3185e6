import Foundation
import Kernel
import Testing

@Suite struct FenTests {
    @Test("arithmetic on money never wraps: an overflow is an error")
    func overflow() throws {
        #expect(throws: MoneyError.overflow(operation: "addition")) { try Fen.max.adding(Fen(1)) }
        #expect(throws: MoneyError.overflow(operation: "subtraction")) { try Fen.min.subtracting(Fen(1)) }
        #expect(throws: MoneyError.overflow(operation: "subtraction")) { try Fen.min.negated() }
        #expect(throws: MoneyError.overflow(operation: "multiplication")) { try Fen.max.multiplied(by: 2) }
        #expect(throws: MoneyError.overflow(operation: "yuan to fen")) { try Fen.yuan(Int64.max) }
        #expect(throws: MoneyError.overflow(operation: "sum")) { try Fen.sum([.max, Fen(1)]) }
        #expect(try Fen.max.negated() == Fen(Int64.min + 1))
        #expect(try Fen.yuan(20).adding(Fen(5)).subtracting(Fen(7)).multiplied(by: 3) == Fen(5994))
    }

    @Test("a sum fails only if the total does not fit, in any order")
    func sumInAnyOrder() throws {
        #expect(try Fen.sum([.max, .max, .min, .min, Fen(9)]) == Fen(7))
        #expect(try Fen.sum([]) == .zero)
    }

    @Test("money is a whole number in JSON, with full 64-bit range")
    func codingRoundTrip() throws {
        let amounts = [Fen.min, .max, .zero, Fen(-1), Fen(9_007_199_254_740_993)]
        let json = try JSONEncoder().encode(amounts)
        #expect(String(decoding: json, as: UTF8.self) == "[-9223372036854775808,9223372036854775807,0,-1,9007199254740993]")
        #expect(try JSONDecoder().decode([Fen].self, from: json) == amounts)
    }

    @Test(
        "money that is not a whole number of 64 bits is a decoding error that states the expected form",
        arguments: ["1.5", "0.01", "\"100\"", "9223372036854775808", "-9223372036854775809", "1e300", "true", "null", "[]", "{}"])
    func codingRefusals(json: String) {
        let words = complaint { _ = try JSONDecoder().decode([String: Fen].self, from: Data("{\"amountFen\":\(json)}".utf8)) }
        #expect(words.contains("whole number of fen") && words.contains("amountFen"))
    }

    @Test(
        "a share outside 0 to 10000 basis points is refused, in code and in JSON",
        arguments: [-1, 10001, Int64.min, Int64.max])
    func basisPointsRange(number: Int64) {
        #expect(throws: MoneyError.notBasisPoints(number)) { try BasisPoints(number) }
        #expect(complaint { _ = try JSONDecoder().decode([BasisPoints].self, from: Data("[\(number)]".utf8)) }.contains("0 to 10000"))
    }

    @Test("a share in JSON is a whole number too", arguments: ["0.3", "\"3000\"", "null", "99999999999999999999"])
    func basisPointsCoding(json: String) throws {
        #expect(complaint { _ = try JSONDecoder().decode([BasisPoints].self, from: Data("[\(json)]".utf8)) }.contains("0 to 10000"))
        let shares = try [BasisPoints(0), BasisPoints(3000), BasisPoints(10000)]
        #expect(String(decoding: try JSONEncoder().encode(shares), as: UTF8.self) == "[0,3000,10000]")
        #expect(try JSONDecoder().decode([BasisPoints].self, from: Data("[0,3000,10000]".utf8)) == shares)
    }

    @Test(
        "a share prints as a percentage",
        arguments: [(3000, "30%"), (1250, "12.5%"), (1, "0.01%"), (10, "0.1%"), (10000, "100%"), (0, "0%")])
    func basisPointsText(number: Int64, text: String) throws {
        #expect(try BasisPoints(number).description == text)
        #expect(try BasisPoints(number).remainder.rawValue == 10000 - number)
    }
}
