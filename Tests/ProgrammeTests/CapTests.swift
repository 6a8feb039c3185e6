import Kernel
import Programme
import Testing

@Suite("Caps")
struct CapTests {
    private func subject() throws -> CapSubject {
        CapSubject(
            enterprise: "e1", tier: "every-sme", institution: "i1", product: "p1", productLimit: 40, batch: "b1", batchLimit: 5_000_000,
            days: [.order: try day("2026-05-01"), .claim: try day("2020-05-01"), .redemptionDecision: try day("2027-01-02")])
    }

    @Test("an order in Beijing reserves on the enterprise's year, the product's stock and the budget, in the order of the accounts")
    func beijing2026() throws {
        let programme = try Files.beijing2026().programme
        let demands = try programme.demands(at: StepReference("order", "place"), of: try subject(), fen: yuan(3_000))
        #expect(
            demands.map(\.account.text) == [
                "beijing-2026/enterprise-year/2026/e1", "beijing-2026/product-stock/p1", "beijing-2026/programme-budget/2026",
            ])
        #expect(demands.map(\.amount) == [300_000, 1, 300_000])
        #expect(demands.map(\.limit) == [20_000_000, 40, 10_000_000_000])
        #expect(try programme.demands(at: StepReference("order", "accept"), of: try subject(), fen: yuan(3_000)).isEmpty)
    }

    @Test("without BJ26-03 the enterprise's year is not reserved, without BJ26-28 the stock is not")
    func without() throws {
        let programme = try Files.beijing2026().programme
        for (clause, cap) in [("BJ26-03", "enterprise-year"), ("BJ26-28", "product-stock"), ("QUAN-08", "programme-budget")] {
            let demands = try programme.without(clause: clause).programme.demands(
                at: StepReference("order", "place"), of: try subject(), fen: yuan(1))
            #expect(!demands.contains { $0.cap == cap })
            #expect(demands.count == 2)
        }
    }

    @Test("Guangzhou: claims reserve year, batch and issuance; orders reserve the institution's 500,000 yuan and 10% of the issuance")
    func guangzhou() throws {
        let programme = try Files.sample("guangzhou-2020").programme
        let claim = try programme.demands(at: StepReference("claim", "allocate"), of: try subject(), fen: yuan(20_000))
        #expect(claim.map(\.cap) == ["batch", "enterprise-year", "issuance"])
        #expect(claim.first { $0.cap == "enterprise-year" }?.account.text == "guangzhou-2020/enterprise-year/2020/e1")
        let order = try programme.demands(at: StepReference("order", "place"), of: try subject(), fen: yuan(20_000))
        #expect(order.map(\.cap) == ["institution-fixed", "institution-share"])
        #expect(order.map(\.limit) == [50_000_000, 60_000_000])
    }

    @Test("Hangzhou: the institution's year is the year of the redemption's decision")
    func hangzhou() throws {
        let programme = try Files.sample("hangzhou-2026").programme
        let demands = try programme.demands(at: StepReference("redemption", "decide"), of: try subject(), fen: yuan(9_000))
        #expect(demands.map(\.account.text) == ["hangzhou-2026/institution-year/2027/i1"])
    }

    @Test("a subject without a value that a cap's account needs is refused")
    func missing() throws {
        let programme = try Files.beijing2026().programme
        var subject = try subject()
        subject.product = nil
        #expect(throws: Refusal.self) { try programme.demands(at: StepReference("order", "place"), of: subject, fen: yuan(1)) }
        subject = try self.subject()
        subject.days = [:]
        #expect(throws: Refusal.self) { try programme.demands(at: StepReference("order", "place"), of: subject, fen: yuan(1)) }
    }

    @Test("the refusal of an exhausted cap has the requested and remaining amounts and the clause")
    func exhausted() throws {
        let cap = try #require(try Files.beijing2026().programme.cap("enterprise-year"))
        let refusal = cap.refusal(requested: 300_000, left: 100_000, limit: 20_000_000)
        #expect(refusal.slug == "enterprise-quota-exhausted")
        #expect(refusal.clauses == ["BJ26-03", "IN-05"])
        #expect(refusal.numbers.map(\.unit) == [.fen, .fen, .fen])
        let budget = try #require(try Files.beijing2026().programme.cap("programme-budget"))
        #expect(budget.refusal(requested: 2, left: 1, limit: 3).message.en.contains("¥0.02"))
    }

    @Test("claims are ranked by class, then time; the first that does not fit ends the batch")
    func ranking() throws {
        let allocation = try #require(try Files.sample("guangzhou-2020").programme.allocation)
        func claim(_ id: String, _ lists: Set<String>, _ time: String, _ amount: Int64) throws -> WaitingClaim {
            WaitingClaim(id: id, lists: lists, claimedAt: try beijing("2020-05-02", time), amount: yuan(amount))
        }
        let claims = [
            try claim("plain-early", [], "08:00:00", 10_000), try claim("srdi-late", ["srdi"], "18:00:00", 10_000),
            try claim("grown", ["grown-2019"], "09:00:00", 10_000), try claim("plain-late", [], "17:00:00", 5_000),
        ]
        #expect(allocation.ranked(claims).map(\.id) == ["grown", "srdi-late", "plain-early", "plain-late"])
        #expect(allocation.ranked(claims.reversed()) == allocation.ranked(claims))
        #expect(allocation.served(claims, batch: yuan(25_000)).map(\.id) == ["grown", "srdi-late"])
    }
}
