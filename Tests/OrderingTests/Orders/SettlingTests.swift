import Foundation
import Kernel
import OrderingDomain
import Programme
import Testing

@Suite("Settling")
struct SettlingTests {
    private func contracted() throws -> (OrderScenario, Order) {
        var scenario = try OrderScenario()
        let order = try scenario.accepted(yuan(3_000), at: try beijing("2026-05-20"))
        try scenario.record(
            try scenario.contract(order, totalYuan: 10_000, voucher: yuan(3_000), on: "2026-05-21"), order, at: try beijing("2026-05-22"))
        return (scenario, order)
    }

    @Test("BJ26-42: an approved redemption posts the determined amount and releases the rest, once")
    func post() throws {
        var (scenario, order) = try contracted()
        let now = try beijing("2026-06-20")
        let change = try scenario.settle("redemption.notice", order, fen: yuan(2_500), by: "redemption", at: now)
        #expect(change.step == "settle")
        #expect(change.reason == "redemption.notice")
        #expect(scenario.drawn("enterprise-year") == 250_000)
        #expect(scenario.drawn("product-stock") == 1)
        #expect(
            try refusal { try scenario.settle("redemption.notice", order, fen: yuan(1), by: "redemption", at: now) }?.clauses.first
                == "QUAN-15")
    }

    @Test("BJ26-40, IN-13: a waiver or a missed deadline releases everything; a later approval is refused")
    func waiver() throws {
        for step in ["redemption.waive", "redemption.silence", "redemption.mending", "redemption.reject", "redemption.uphold"] {
            var (scenario, order) = try contracted()
            let now = try beijing("2026-06-20")
            try scenario.settle(step, order, by: "redemption", at: now)
            #expect(scenario.drawn("enterprise-year") == 0, "\(step)")
            #expect(scenario.drawn("product-stock") == 0)
            #expect(try refusal { try scenario.settle("redemption.notice", order, by: "redemption", at: now) }?.clauses.first == "QUAN-15")
        }
    }

    @Test("BJ26-47: returned funds become available again, in parts, and never more than was posted")
    func returned() throws {
        var (scenario, order) = try contracted()
        let now = try beijing("2026-07-20")
        #expect(try refusal { try scenario.settle("payout.receive", order, by: "payout", at: now) }?.clauses.first == "QUAN-15")
        try scenario.settle("redemption.notice", order, by: "redemption", at: now)
        try scenario.settle("payout.receive", order, fen: yuan(1_000), by: "payout", at: now)
        #expect(scenario.drawn("enterprise-year") == 200_000)
        #expect(
            try refusal { try scenario.settle("payout.receive", order, fen: yuan(2_001), by: "payout", at: now) }?.clauses.first
                == "QUAN-11")
        try scenario.settle("payout.receive", order, fen: yuan(2_000), by: "payout", at: now)
        #expect(scenario.drawn("enterprise-year") == 0)
        #expect(try refusal { try scenario.settle("payout.receive", order, by: "payout", at: now) }?.clauses.first == "QUAN-15")
    }

    @Test("QUAN-10, QUAN-07: a service can settle only by existing steps of its own procedure")
    func foreign() throws {
        var (scenario, order) = try contracted()
        let now = try beijing("2026-06-20")
        func clause(_ step: String, _ service: String) throws -> String? {
            try refusal { try scenario.settle(step, order, by: service, at: now) }?.clauses.first
        }
        #expect(try clause("redemption.notice", "payout") == "QUAN-10")
        #expect(try clause("order.decline", "redemption") == "QUAN-10")
        #expect(try clause("redemption.nothing", "redemption") == "QUAN-07")
        #expect(try clause("notice", "redemption") == "QUAN-07")
        #expect(scenario.drawn("enterprise-year") == 300_000)
    }

    @Test(
        "the programme defines the ledger effect of a lapse: released amounts are available again, forfeited amounts still count")
    func forfeited() throws {
        let decision = StepReference("order", "decision")
        for (effects, drawn) in [([LedgerEffect(.release)], Int64(0)), ([LedgerEffect(.forfeit)], 300_000)] {
            var scenario = try OrderScenario(TestProgrammes.beijing2026().altering(deadline: decision) { $0.lapse.ledger = effects })
            let order = try scenario.place(yuan(3_000), at: try beijing("2026-05-20")).order
            let due = try beijing("2026-05-28", "00:00:00")
            try scenario.lapse("decision", order, dueAt: due, at: due)
            #expect(scenario.drawn("enterprise-year") == drawn)
        }
        let split = [
            LedgerEffect(.forfeit, caps: ["enterprise-year"]), LedgerEffect(.release, caps: ["product-stock", "programme-budget"]),
        ]
        var scenario = try OrderScenario(TestProgrammes.beijing2026().altering(deadline: decision) { $0.lapse.ledger = split })
        let order = try scenario.place(yuan(3_000), at: try beijing("2026-05-20")).order
        let due = try beijing("2026-05-28", "00:00:00")
        try scenario.lapse("decision", order, dueAt: due, at: due)
        #expect(
            [scenario.drawn("enterprise-year"), scenario.drawn("product-stock"), scenario.drawn("programme-budget")] == [300_000, 0, 0])
    }
}
