import Foundation
import Kernel
import OrderingDomain
import Programme
import Testing

@Suite("Settling")
struct SettlingTests {
    private func contracted() throws -> (Scene, Order) {
        var scene = try Scene()
        let order = try scene.accepted(yuan(3_000), at: try beijing("2026-05-20"))
        try scene.record(
            try scene.contract(order, totalYuan: 10_000, voucher: yuan(3_000), on: "2026-05-21"), order, at: try beijing("2026-05-22"))
        return (scene, order)
    }

    @Test("BJ26-42: a redemption that is approved uses what was determined and gives the rest back, once")
    func post() throws {
        var (scene, order) = try contracted()
        let now = try beijing("2026-06-20")
        let change = try scene.settle("redemption.notice", order, fen: yuan(2_500), by: "redemption", at: now)
        #expect(change.step == "settle")
        #expect(change.reason == "redemption.notice")
        #expect(scene.drawn("enterprise-year") == 250_000)
        #expect(scene.drawn("product-stock") == 1)
        #expect(
            try refusal { try scene.settle("redemption.notice", order, fen: yuan(1), by: "redemption", at: now) }?.clauses.first
                == "QUAN-15")
    }

    @Test("BJ26-40, IN-13: a waiver, and silence, give everything back; a later approval is refused")
    func waiver() throws {
        for step in ["redemption.waive", "redemption.silence", "redemption.mending", "redemption.reject", "redemption.uphold"] {
            var (scene, order) = try contracted()
            let now = try beijing("2026-06-20")
            try scene.settle(step, order, by: "redemption", at: now)
            #expect(scene.drawn("enterprise-year") == 0, "\(step)")
            #expect(scene.drawn("product-stock") == 0)
            #expect(try refusal { try scene.settle("redemption.notice", order, by: "redemption", at: now) }?.clauses.first == "QUAN-15")
        }
    }

    @Test("BJ26-47: returned funds are free again, in parts, and never more than was used")
    func returned() throws {
        var (scene, order) = try contracted()
        let now = try beijing("2026-07-20")
        #expect(try refusal { try scene.settle("payout.receive", order, by: "payout", at: now) }?.clauses.first == "QUAN-15")
        try scene.settle("redemption.notice", order, by: "redemption", at: now)
        try scene.settle("payout.receive", order, fen: yuan(1_000), by: "payout", at: now)
        #expect(scene.drawn("enterprise-year") == 200_000)
        #expect(
            try refusal { try scene.settle("payout.receive", order, fen: yuan(2_001), by: "payout", at: now) }?.clauses.first == "QUAN-11")
        try scene.settle("payout.receive", order, fen: yuan(2_000), by: "payout", at: now)
        #expect(scene.drawn("enterprise-year") == 0)
        #expect(try refusal { try scene.settle("payout.receive", order, by: "payout", at: now) }?.clauses.first == "QUAN-15")
    }

    @Test("QUAN-10: a service settles by steps of the procedures it runs, QUAN-07: and by none that do not exist")
    func foreign() throws {
        var (scene, order) = try contracted()
        let now = try beijing("2026-06-20")
        func clause(_ step: String, _ service: String) throws -> String? {
            try refusal { try scene.settle(step, order, by: service, at: now) }?.clauses.first
        }
        #expect(try clause("redemption.notice", "payout") == "QUAN-10")
        #expect(try clause("order.decline", "redemption") == "QUAN-10")
        #expect(try clause("redemption.nothing", "redemption") == "QUAN-07")
        #expect(try clause("notice", "redemption") == "QUAN-07")
        #expect(scene.drawn("enterprise-year") == 300_000)
    }

    @Test(
        "what a lapse does to the ledger is the programme's: released where it says release, lost and still counted where it says forfeit")
    func forfeited() throws {
        let decision = StepReference("order", "decision")
        for (effects, drawn) in [([LedgerEffect(.release)], Int64(0)), ([LedgerEffect(.forfeit)], 300_000)] {
            var scene = try Scene(Files.beijing2026().altering(deadline: decision) { $0.lapse.ledger = effects })
            let order = try scene.place(yuan(3_000), at: try beijing("2026-05-20")).order
            let due = try beijing("2026-05-28", "00:00:00")
            try scene.lapse("decision", order, dueAt: due, at: due)
            #expect(scene.drawn("enterprise-year") == drawn)
        }
        let split = [
            LedgerEffect(.forfeit, caps: ["enterprise-year"]), LedgerEffect(.release, caps: ["product-stock", "programme-budget"]),
        ]
        var scene = try Scene(Files.beijing2026().altering(deadline: decision) { $0.lapse.ledger = split })
        let order = try scene.place(yuan(3_000), at: try beijing("2026-05-20")).order
        let due = try beijing("2026-05-28", "00:00:00")
        try scene.lapse("decision", order, dueAt: due, at: due)
        #expect([scene.drawn("enterprise-year"), scene.drawn("product-stock"), scene.drawn("programme-budget")] == [300_000, 0, 0])
    }
}
