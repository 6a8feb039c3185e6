import Kernel
import Programme
import Testing

@Suite("Calculation of the subsidy")
struct SubsidyTests {
    @Test("the subsidy is 30% of the contract's total, rounded down to the fen; without BJ26-02 it is the whole")
    func share() throws {
        let programme = try Files.beijing2026().programme
        #expect(try programme.subsidy(price: yuan(100_000)).amount == yuan(30_000))
        #expect(try programme.subsidy(price: Fen(3)).amount == Fen(0))
        #expect(try programme.subsidy(price: Fen(99_999)).amount == Fen(29_999))
        #expect(try programme.subsidy(price: .zero).amount == .zero)
        let without = programme.without(clause: "BJ26-02")
        #expect(without.removed.contains("subsidy.share"))
        #expect(try without.programme.subsidy(price: yuan(100_000)).amount == yuan(100_000))
    }

    @Test("a longer contract is averaged down to one year before the share is taken, in whole months; without BJ26-35 it is not")
    func averagingByMonths() throws {
        let programme = try Files.beijing2026().programme
        let sum = try programme.subsidy(price: yuan(180_000), period: .months(18))
        #expect(sum.amount == yuan(36_000))
        #expect(sum.steps.map(\.name) == ["base", "averaging", "share"])
        #expect(sum.steps.map(\.result) == [yuan(180_000), yuan(120_000), yuan(36_000)])
        #expect(sum.steps[1].clauses == ["BJ26-35", "IN-14"])
        #expect(try programme.subsidy(price: yuan(180_000), period: .months(12)).amount == yuan(54_000))
        #expect(
            try programme.without(clause: "BJ26-35").programme.subsidy(price: yuan(180_000), period: .months(18)).amount == yuan(54_000))
    }

    @Test("each step of the calculation is rounded, so that it can be verified by hand")
    func roundingOfEachStep() throws {
        let programme = try Files.beijing2026().programme
        // 10000.01 yuan over 13 months: 9230.778... a year, 9230.77; of that 30% is 2769.231.
        let sum = try programme.subsidy(price: Fen(1_000_001), period: .months(13))
        #expect(sum.steps.map(\.result) == [Fen(1_000_001), Fen(923_077), Fen(276_923)])
    }

    @Test(
        "a period of dates counts in months if they are whole months, otherwise in days",
        arguments: [
            ("2026-04-01", "2027-03-31", nil), ("2026-04-01", "2027-09-30", "12 ÷ 18"), ("2026-04-15", "2028-04-14", "12 ÷ 24"),
            ("2026-04-01", "2027-04-01", "365 ÷ 366"), ("2027-04-01", "2028-04-10", "366 ÷ 376"), ("2026-05-01", "2026-08-31", nil),
            ("2026-02-28", "2027-02-27", nil), ("2028-02-29", "2029-02-27", nil),
        ] as [(String, String, String?)])
    func averagingByDates(_ first: String, _ last: String, _ expected: String?) throws {
        let programme = try Files.beijing2026().programme
        let sum = try programme.subsidy(price: yuan(100_000), period: .dates(from: day(first), through: day(last)))
        let averaging = sum.steps.first { $0.name == "averaging" }
        if let expected {
            #expect(try #require(averaging).text.en.contains(expected))
        } else {
            #expect(averaging == nil)
        }
    }

    @Test("the subsidy of a transaction is at most the ceiling; without the ceiling's clause it is the share")
    func ceiling() throws {
        let programme = try Files.sample("beijing-2024").programme
        let sum = try programme.subsidy(price: yuan(200_000))
        #expect(sum.amount == yuan(50_000))
        #expect(sum.steps.last?.clauses == ["BJ24-03", "BJ24-23"])
        #expect(try programme.subsidy(price: yuan(100_000)).amount == yuan(30_000))
        #expect(try programme.without(clause: "BJ24-23").programme.subsidy(price: yuan(200_000)).amount == yuan(60_000))
    }

    @Test("a negative price and an invalid period are refused")
    func impossible() throws {
        let programme = try Files.beijing2026().programme
        for (price, period) in [(Fen(-1), ServicePeriod.short), (Fen(1), .months(0)), (Fen(1), .days(-3)), (Fen(1), .months(Int.min))] {
            #expect(throws: Refusal.self) { try programme.subsidy(price: price, period: period) }
        }
        let backwards = ServicePeriod.dates(from: try day("2026-05-02"), through: try day("2026-05-01"))
        #expect(throws: Refusal.self) { try programme.subsidy(price: Fen(1), period: backwards) }
        #expect(try programme.subsidy(price: .max, period: .months(13)).amount > .zero)
    }

    @Test("an order reserves at most the share of the upper guide price")
    func expected() throws {
        let programme = try Files.beijing2026().programme
        #expect(programme.refusal(expecting: yuan(3_000), upperGuidePrice: yuan(10_000)) == nil)
        let refusal = try #require(programme.refusal(expecting: Fen(300_001), upperGuidePrice: yuan(10_000)))
        #expect(refusal.slug == "subsidy-over-share")
        #expect(refusal.clauses.contains("BJ26-02"))
        #expect(refusal.numbers.map(\.name) == ["requested", "limit", "share"])
        #expect(programme.refusal(expecting: .zero, upperGuidePrice: yuan(10_000))?.clauses == ["QUAN-11"])
    }

    @Test("redeeming even one fen more than the share of the averaged total is refused")
    func redeeming() throws {
        let programme = try Files.beijing2026().programme
        #expect(try programme.refusal(redeeming: yuan(36_000), price: yuan(180_000), period: .months(18)) == nil)
        #expect(try programme.refusal(redeeming: Fen(3_600_001), price: yuan(180_000), period: .months(18))?.slug == "subsidy-over-share")
    }
}
