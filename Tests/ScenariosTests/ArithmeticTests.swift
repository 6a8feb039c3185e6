import Testing

@testable import Scenarios

@Suite("Arithmetic of amounts in scenarios")
struct ArithmeticTests {
    private func fen(_ text: String) -> Int64? { try? Arithmetic.fen(text).get() }

    @Test(
        "amounts are exact, and rounded down to the fen at the end",
        arguments: [
            ("3000", 300_000), ("0.01", 1), ("100,000.50", 10_000_050), ("100000 * 30%", 3_000_000), ("1 / 3", 33),
            ("100000 * 12 / 36 * 30% = 10000", 1_000_000), ("(150000 - 30000) * 10% + 1", 1_200_100), ("10 - 0.01", 999),
            ("200000 − 1", nil),
        ] as [(String, Int64?)])
    func values(text: String, expected: Int64?) { #expect(fen(text) == expected) }

    @Test(
        "what is no amount, and two sides that differ, are mistakes", arguments: ["", "ten", "1 +", "1 / 0", "(1", "2 = 3", "1.2.3", "= 3"])
    func mistakes(text: String) { #expect(fen(text) == nil) }

    @Test func anAmountOutOfRangeIsRefused() {
        #expect(fen("9999999999999999 * 9999999999999999 * 9999999999999999 * 9999999999999999") == nil)
        #expect(fen("1 / 9999999999999999 / 9999999999999999 / 9999999999999999") == nil)
        #expect(fen(Array(repeating: "9999999999999999.1", count: 40).joined(separator: " - ")) == nil)
    }
}
