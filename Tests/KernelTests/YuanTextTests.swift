import Kernel
import Testing

@Suite struct YuanTextTests {
    @Test(
        "an amount prints with two decimals, and grouped for people",
        arguments: [
            (123_456, "1234.56", "¥1,234.56"), (0, "0.00", "¥0.00"), (5, "0.05", "¥0.05"), (-5, "-0.05", "-¥0.05"),
            (100_000, "1000.00", "¥1,000.00"), (99_999, "999.99", "¥999.99"),
            (Int64.max, "92233720368547758.07", "¥92,233,720,368,547,758.07"),
            (Int64.min, "-92233720368547758.08", "-¥92,233,720,368,547,758.08"),
        ])
    func printing(fen: Int64, plain: String, grouped: String) throws {
        #expect(Fen(fen).yuanText == plain)
        #expect(Fen(fen).description == grouped)
        #expect(try Fen(yuan: plain) == Fen(fen))
        #expect(try Fen(yuan: grouped) == Fen(fen))
    }

    @Test(
        "an amount is parsed from its usual forms",
        arguments: [("1234.5", 123_450), ("￥3", 300), ("-¥1,000", -100_000), ("007.10", 710), ("-0.00", 0), ("1,234,567.89", 123_456_789)])
    func reading(text: String, fen: Int64) throws {
        #expect(try Fen(yuan: text) == Fen(fen))
    }

    @Test(
        "a text that is not clearly an amount is refused, and the error does not repeat it",
        arguments: [
            "", "-", "¥", ".", ".5", "1.", "1.005", "1..2", "1.2.3", "1e3", "+1", "--1", "¥-1", " 1", "1 ", "1,23", "1,2345", ",123",
            "1,,234",
            "1234,567", "0x10", "１２", "12元", "NaN", "1.-5", "1.5\u{301}", "٣", "\u{0}1", String(repeating: "9", count: 65),
        ])
    func refusals(text: String) {
        let error = #expect(throws: MoneyError.self) { try Fen(yuan: text) }
        guard case .notYuan(let reason) = error else {
            Issue.record("\(text) gave \(String(describing: error))")
            return
        }
        #expect(text.count < 4 || !reason.contains(text))
    }

    @Test("an amount over 64 bits is out of range", arguments: ["92233720368547758.08", "-92233720368547758.09", "999999999999999999999"])
    func tooLarge(text: String) {
        #expect(throws: MoneyError.overflow(operation: "yuan to fen")) { try Fen(yuan: text) }
    }

    @Test("every amount is parsed back from both of its texts")
    func roundTrip() throws {
        var random = SplitMix64(for: "every amount is read back")
        for _ in 0..<3000 {
            let amount = Fen(random.anySize())
            #expect(try Fen(yuan: amount.yuanText) == amount)
            #expect(try Fen(yuan: amount.description) == amount)
        }
    }
}
