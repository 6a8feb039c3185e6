import Foundation
import Kernel
import Messages
import Programme
import Testing

@testable import RedemptionDomain

@Suite("Clauses about the amount")
struct AmountClauseTests {
    /// 18 months for 150,000 yuan: a year of it is 100,000.
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

    @Test("BJ26-35: a longer contract is averaged down to one year before the share is taken, step by step")
    func averaged() throws {
        let scene = try Scene.applied(nil, Self.long())
        let snapshot = try #require(scene.last?.event.redemption)
        #expect(snapshot.calculation.map(\.name) == ["base", "averaging", "share", "contract-voucher", "reserved"])
        #expect(snapshot.calculation.map(\.resultFen) == [yuan(150_000), yuan(100_000), yuan(30_000), yuan(30_000), yuan(30_000)])
        #expect(snapshot.calculation[1].clauses.contains("BJ26-35"))
        #expect(snapshot.calculatedFen == yuan(30_000))

        var altered = try Files.beijing2026()
        altered.subsidy.averaging = nil
        #expect(try Scene.applied(altered, Self.long()).last?.event.redemption.calculatedFen == yuan(45_000))
    }

    @Test("BJ26-35: a day more than a year is averaged by days, exactly a year is not")
    func byDays() throws {
        var papers = Self.long()
        papers.serviceThrough = "2027-05-31"
        #expect(try Scene.applied(nil, papers).last?.event.redemption.calculatedFen == yuan(45_000))
        papers.serviceThrough = "2027-06-01"
        // 150,000.00 × 365 ÷ 366 × 30%, each rounded down to the fen.
        #expect(try Scene.applied(nil, papers).last?.event.redemption.calculatedFen == Fen(4_487_704))
    }

    @Test("BJ26-35: more than the averaged share cannot be determined; without the averaging it can")
    func notAboveAverage() throws {
        var scene = try Scene.applied(nil, Self.long())
        let refusal = refusal { try scene.take(.determine, .reviewer, reason: "核定", fen: Fen(3_000_001), at: beijing("2026-05-20")) }
        #expect(refusal?.clauses.contains("BJ26-35") ?? false)
        #expect(refusal?.numbers.map(\.value).contains(.integer(3_000_000)) ?? false)
        var altered = try Files.beijing2026()
        altered.subsidy.averaging = nil
        var lenient = try Scene.applied(altered, Self.long())
        try lenient.take(.determine, .reviewer, reason: "核定", fen: Fen(3_000_001), at: beijing("2026-05-20"))
        #expect(lenient.redemption?.amount == Fen(3_000_001))
    }

    @Test("BJ26-41: the review agency determines the amount, nobody else")
    func reviewerDetermines() throws {
        var scene = try Scene.applied()
        for role in [Scene.Role.officer, .institution, .enterprise, .public] {
            let refusal = refusal { try scene.take(.determine, role, reason: "核定", at: beijing("2026-05-20")) }
            #expect(refusal?.clauses == ["QUAN-10", "BJ26-41"])
        }
        try scene.take(.determine, .reviewer, reason: "核定", at: beijing("2026-05-20"))
        #expect(scene.state == "determined")
        #expect(scene.redemption?.amount == yuan(30_000), "the calculation where no amount is given")

        var altered = try Scene.applied(Files.beijing2026().changing(step: "determine") { $0.by = ["officer"] })
        try altered.take(.determine, .officer, reason: "核定", at: beijing("2026-05-20"))
        #expect(altered.state == "determined")
    }

    @Test("the amount is at most the least of calculation, contract and what the order holds, and more than nothing")
    func bounds() throws {
        var papers = Papers()
        papers.voucher = yuan(20_000)
        papers.selfPaid = yuan(80_000)
        papers.receipts[0].fen = yuan(80_000)
        var scene = try Scene.applied(nil, papers)
        #expect(scene.last?.event.redemption.calculatedFen == yuan(20_000))
        for (fen, clause) in [
            (Fen(2_000_001), "QUAN-11"), (yuan(30_001), "BJ26-02"), (Fen(0), "QUAN-11"), (Fen(-1), "QUAN-11"), (Fen.max, "BJ26-02"),
        ] {
            #expect(
                refusal { try scene.take(.determine, .reviewer, reason: "核定", fen: fen, at: beijing("2026-05-20")) }?.clauses.first
                    == clause)
        }
        try scene.take(.determine, .reviewer, reason: "部分服务不在范围内", fen: yuan(15_000), at: beijing("2026-05-20"))
        #expect(scene.last?.event.redemption.amountFen == yuan(15_000))
        #expect(scene.last?.event.reason == "部分服务不在范围内")
    }

    @Test("a lower amount needs a reason, also where the programme asks for none")
    func lowerNeedsReason() throws {
        let altered = try Files.beijing2026().changing(step: "determine") { $0.needsReason = false }
        var scene = try Scene.applied(altered)
        #expect(
            refusal { try scene.take(.determine, .reviewer, fen: yuan(29_999), at: beijing("2026-05-20")) }?.clauses.contains("BJ26-41")
                ?? false)
        try scene.take(.determine, .reviewer, fen: yuan(30_000), at: beijing("2026-05-20"))
        #expect(scene.state == "determined")
    }

    @Test("BJ26-42: who determined the amount does not decide on it")
    func twoPeople() throws {
        let both = try Files.beijing2026().changing(step: "determine") { $0.by = ["officer"] }
        var scene = try Scene.applied(both)
        try scene.take(.determine, .officer, reason: "核定", person: "p-1", at: beijing("2026-05-20"))
        #expect(refusal { try scene.take(.decide, .officer, person: "p-1", at: beijing("2026-05-21")) }?.clauses == ["QUAN-10", "BJ26-42"])
        try scene.take(.decide, .officer, person: "p-2", at: beijing("2026-05-21"))
        #expect(scene.state == "decided")
        var lenient = try Scene.applied(both.changing(step: "decide") { $0.notBySameAs = nil })
        try lenient.take(.determine, .officer, reason: "核定", person: "p-1", at: beijing("2026-05-20"))
        try lenient.take(.decide, .officer, person: "p-1", at: beijing("2026-05-21"))
        #expect(lenient.state == "decided")
    }
}
