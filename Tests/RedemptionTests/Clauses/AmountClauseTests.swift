import Foundation
import Kernel
import Messages
import Programme
import Testing

@testable import RedemptionDomain

@Suite("Clauses about the amount")
struct AmountClauseTests {
    /// 18 months for 150,000 yuan: 100,000 a year.
    private static func long() -> Papers {
        var papers = Papers()
        papers.total = yuan(150_000)
        papers.voucher = yuan(45_000)
        papers.selfPaid = yuan(105_000)
        papers.orderVoucher = yuan(45_000)
        papers.serviceFrom = "2026-06-01"
        papers.serviceThrough = "2027-11-30"
        papers.receipts = [("2026-05-12", yuan(105_000), papers.buyer)]
        papers.invoices = [("2026-05-12", yuan(150_000), "26112000000000000001")]
        return papers
    }

    @Test("BJ26-35: a contract longer than a year is averaged to one year before the share is applied, step by step")
    func averaged() throws {
        let scenario = try RedemptionScenario.applied(nil, Self.long())
        let snapshot = try #require(scenario.last?.event.redemption)
        #expect(snapshot.calculation.map(\.name) == ["base", "averaging", "share", "contract-voucher", "reserved"])
        #expect(snapshot.calculation.map(\.resultFen) == [yuan(150_000), yuan(100_000), yuan(30_000), yuan(30_000), yuan(30_000)])
        #expect(snapshot.calculation[1].clauses.contains("BJ26-35"))
        #expect(snapshot.calculatedFen == yuan(30_000))

        var altered = try TestProgrammes.beijing2026()
        altered.subsidy.averaging = nil
        #expect(try RedemptionScenario.applied(altered, Self.long()).last?.event.redemption.calculatedFen == yuan(45_000))
    }

    @Test("BJ26-35: a contract of a year and a day is averaged by days; one of exactly a year is not averaged")
    func byDays() throws {
        var papers = Self.long()
        papers.serviceThrough = "2027-05-31"
        #expect(try RedemptionScenario.applied(nil, papers).last?.event.redemption.calculatedFen == yuan(45_000))
        papers.serviceThrough = "2027-06-01"
        // 150,000.00 × 365 ÷ 366 × 30%, each rounded down to the fen.
        #expect(try RedemptionScenario.applied(nil, papers).last?.event.redemption.calculatedFen == Fen(4_487_704))
    }

    @Test("BJ26-35: no more than the averaged share can be determined; without averaging it can")
    func notAboveAverage() throws {
        var scenario = try RedemptionScenario.applied(nil, Self.long())
        let refusal = refusal { try scenario.take(.determine, .reviewer, reason: "核定", fen: Fen(3_000_001), at: beijing("2026-05-20")) }
        #expect(refusal?.clauses.contains("BJ26-35") ?? false)
        #expect(refusal?.numbers.map(\.value).contains(.integer(3_000_000)) ?? false)
        var altered = try TestProgrammes.beijing2026()
        altered.subsidy.averaging = nil
        var lenient = try RedemptionScenario.applied(altered, Self.long())
        try lenient.take(.determine, .reviewer, reason: "核定", fen: Fen(3_000_001), at: beijing("2026-05-20"))
        #expect(lenient.redemption?.amount == Fen(3_000_001))
    }

    @Test("BJ26-41: only the review agency determines the amount")
    func reviewerDetermines() throws {
        var scenario = try RedemptionScenario.applied()
        for role in [RedemptionScenario.Role.officer, .institution, .enterprise, .public] {
            let refusal = refusal { try scenario.take(.determine, role, reason: "核定", at: beijing("2026-05-20")) }
            #expect(refusal?.clauses == ["QUAN-10", "BJ26-41"])
        }
        try scenario.take(.determine, .reviewer, reason: "核定", at: beijing("2026-05-20"))
        #expect(scenario.state == "determined")
        #expect(scenario.redemption?.amount == yuan(30_000), "the calculated amount if none is given")

        var altered = try RedemptionScenario.applied(TestProgrammes.beijing2026().changing(step: "determine") { $0.by = ["officer"] })
        try altered.take(.determine, .officer, reason: "核定", at: beijing("2026-05-20"))
        #expect(altered.state == "determined")
    }

    @Test("the amount is positive and at most the least of calculation, contract and reserved amount")
    func bounds() throws {
        var papers = Papers()
        papers.voucher = yuan(20_000)
        papers.selfPaid = yuan(80_000)
        papers.receipts[0].fen = yuan(80_000)
        var scenario = try RedemptionScenario.applied(nil, papers)
        #expect(scenario.last?.event.redemption.calculatedFen == yuan(20_000))
        for (fen, clause) in [
            (Fen(2_000_001), "QUAN-11"), (yuan(30_001), "BJ26-02"), (Fen(0), "QUAN-11"), (Fen(-1), "QUAN-11"), (Fen.max, "BJ26-02"),
        ] {
            #expect(
                refusal { try scenario.take(.determine, .reviewer, reason: "核定", fen: fen, at: beijing("2026-05-20")) }?.clauses.first
                    == clause)
        }
        try scenario.take(.determine, .reviewer, reason: "部分服务不在范围内", fen: yuan(15_000), at: beijing("2026-05-20"))
        #expect(scenario.last?.event.redemption.amountFen == yuan(15_000))
        #expect(scenario.last?.event.reason == "部分服务不在范围内")
    }

    @Test("a lower amount needs a reason, even if the programme requires none")
    func lowerNeedsReason() throws {
        let altered = try TestProgrammes.beijing2026().changing(step: "determine") { $0.needsReason = false }
        var scenario = try RedemptionScenario.applied(altered)
        #expect(
            refusal { try scenario.take(.determine, .reviewer, fen: yuan(29_999), at: beijing("2026-05-20")) }?.clauses.contains("BJ26-41")
                ?? false)
        try scenario.take(.determine, .reviewer, fen: yuan(30_000), at: beijing("2026-05-20"))
        #expect(scenario.state == "determined")
    }

    @Test("BJ26-42: the person who determined the amount cannot decide on it")
    func twoPeople() throws {
        let both = try TestProgrammes.beijing2026().changing(step: "determine") { $0.by = ["officer"] }
        var scenario = try RedemptionScenario.applied(both)
        try scenario.take(.determine, .officer, reason: "核定", person: "p-1", at: beijing("2026-05-20"))
        #expect(
            refusal { try scenario.take(.decide, .officer, person: "p-1", at: beijing("2026-05-21")) }?.clauses == ["QUAN-10", "BJ26-42"])
        try scenario.take(.decide, .officer, person: "p-2", at: beijing("2026-05-21"))
        #expect(scenario.state == "decided")
        var lenient = try RedemptionScenario.applied(both.changing(step: "decide") { $0.notBySameAs = nil })
        try lenient.take(.determine, .officer, reason: "核定", person: "p-1", at: beijing("2026-05-20"))
        try lenient.take(.decide, .officer, person: "p-1", at: beijing("2026-05-21"))
        #expect(lenient.state == "decided")
    }
}
