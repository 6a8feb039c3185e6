import Kernel
import Testing

/// Compares the only rounding function for money with long multiplication.
@Suite struct ShareTests {
    @Test("a share is rounded down to the fen, towards zero for both signs")
    func byHand() throws {
        #expect(Fen(9999).share(try BasisPoints(3000)) == Fen(2999))
        #expect(Fen(-9999).share(try BasisPoints(3000)) == Fen(-2999))
        #expect(Fen(3).share(try BasisPoints(3333)) == .zero)
        #expect(Fen.max.share(.whole) == .max && Fen.min.share(.whole) == .min)
        #expect(Fen.max.share(.zero) == .zero)
        #expect(Fen.max.share(try BasisPoints(9999)) == Fen(9_222_449_699_651_090_329))
    }

    @Test("a share equals the result of long multiplication on decimal digits, for amounts of every size")
    func againstLongMultiplication() throws {
        var random = SplitMix64(for: "a share is what long multiplication gives")
        for _ in 0..<5000 {
            let amount = Fen(random.anySize())
            let share = try BasisPoints(Int64.random(in: 0...10000, using: &random))
            #expect(amount.share(share) == Fen(try onPaper(amount.rawValue, share.rawValue)), "\(amount.rawValue) * \(share.rawValue)")
        }
    }

    @Test("a share and its complement never exceed the amount, and are at most one fen less")
    func sharesStayWithin() throws {
        var random = SplitMix64(for: "shares stay within the amount")
        for _ in 0..<5000 {
            let amount = Fen(random.anySize() & Int64.max)
            let share = try BasisPoints(Int64.random(in: 0...10000, using: &random))
            let both = try amount.share(share).adding(amount.share(share.remainder))
            #expect(both <= amount && amount.rawValue - both.rawValue <= 1)
            #expect(try amount.negated().share(share) == amount.share(share).negated())
        }
    }

    /// Multiplies digit by digit and drops the last four digits.
    private func onPaper(_ amount: Int64, _ factor: Int64) throws -> Int64 {
        var digits: [UInt64] = []
        var carry: UInt64 = 0
        for digit in String(amount.magnitude).reversed() {
            let product = UInt64(try #require(digit.wholeNumberValue)) * UInt64(factor) + carry
            digits.append(product % 10)
            carry = product / 10
        }
        let text = "\(carry)" + digits.reversed().map(String.init).joined()
        return try #require(Int64((amount < 0 ? "-" : "") + "0" + text.dropLast(4)))
    }

    @Test("an amount scaled by a fraction is rounded to the fen towards zero, and an overflow is refused")
    func scaling() throws {
        #expect(try Fen(1_000_001).scaled(by: 12, over: 13) == Fen(923_077))
        #expect(try Fen(-1_000_001).scaled(by: 12, over: 13) == Fen(-923_077))
        #expect(try Fen.max.scaled(by: Int64.max, over: Int64.max) == Fen.max)
        #expect(throws: MoneyError.overflow(operation: "scaling")) { try Fen.max.scaled(by: 2, over: 1) }
        #expect(throws: MoneyError.overflow(operation: "scaling")) { try Fen.min.scaled(by: 1, over: -1) }
        #expect(throws: MoneyError.overflow(operation: "scaling")) { try Fen(1).scaled(by: 1, over: 0) }
    }
}
