import Foundation
import Kernel
import Messages
import Programme
import Testing

@testable import RedemptionDomain

@Suite("Invariants of the redemption procedure")
struct ProcedureInvariantTests {
    @Test(
        "random commands, timers and order changes never leave the procedure, end it twice, settle twice or exceed the reserved amount",
        arguments: 0..<60)
    func random(run: Int) throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix64(seed: seed)
        var scenario = try RedemptionScenario.opened()
        let procedure = try #require(scenario.programme.procedure("redemption"))
        var now = try beijing("2026-05-15")
        for _ in 0..<80 {
            now.addTimeInterval(Double(Int.random(in: 0...(4 * 86_400), using: &random)))
            let before = try #require(scenario.redemption)
            let count = scenario.changes.count
            try? act(&scenario, &random, at: now)
            let after = try #require(scenario.redemption)
            for change in scenario.changes[count...] { try check(change, before, after, procedure, "seed \(seed) run \(run)") }
        }
        #expect(scenario.changes.compactMap(\.settles).count <= 1, "seed \(seed)")
        let finals = scenario.changes.filter { $0.from != $0.redemption.state && isFinal($0.redemption.state, procedure) }
        #expect(finals.count <= 1, "seed \(seed)")
    }

    private func act(_ scenario: inout RedemptionScenario, _ random: inout SplitMix64, at now: Date) throws {
        let role = RedemptionScenario.Role.allCases.randomElement(using: &random) ?? .officer
        switch Int.random(in: 0..<14, using: &random) {
        case 0, 1: try scenario.apply(at: now)
        case 2: try scenario.fire(at: now)
        case 3:
            var papers = scenario.papers
            if Bool.random(using: &random) { (papers.voucher, papers.selfPaid) = (yuan(10_000), yuan(90_000)) }
            try scenario.publish(papers.order(voucher: papers.voucher), step: "record-contract", at: now)
        case 4: try scenario.publish(scenario.papers.order(), step: "settle", reason: scenario.redemption?.settlement?.step, at: now)
        default:
            let decision = DecideRedemption.Decision.allCases.randomElement(using: &random) ?? .decide
            let fen = Bool.random(using: &random) ? nil : Fen(Int64.random(in: -1...4_000_000, using: &random))
            let statement = RedemptionPaper(document: "waiver-statement", file: Papers.hash("waiver-statement"), fileName: "a.pdf")
            let able = procedure(scenario, decision)?.by.compactMap(RedemptionScenario.Role.init).randomElement(using: &random)
            // A waiver ends the redemption, so keep waivers rare.
            if decision == .waive, Int.random(in: 0..<8, using: &random) > 0 { return }
            try scenario.take(
                decision, Bool.random(using: &random) ? able ?? role : role, reason: "理由", fen: fen,
                papers: decision == .waive ? [statement] : [], at: now)
        }
    }

    private func procedure(_ scenario: RedemptionScenario, _ decision: DecideRedemption.Decision) -> Step? {
        scenario.programme.procedure("redemption")?.steps.first { $0.command == decision.rawValue }
    }

    private func isFinal(_ state: String, _ procedure: Procedure) -> Bool { procedure.state(state)?.isFinal ?? false }

    private func check(
        _ change: RedemptionChange, _ before: Redemption, _ after: Redemption, _ procedure: Procedure, _ seed: String
    ) throws {
        let from = try #require(change.from)
        let to = change.redemption.state
        let isStep = procedure.steps.contains { $0.id == change.step && $0.from.contains(from) && ($0.to ?? from) == to }
        let isLapse = procedure.deadlines.contains { $0.id == change.step && $0.states.contains(from) && $0.lapse.to == to }
        #expect(isStep || isLapse || (from == to && ["settle", "order"].contains(change.step)), "\(change.step) \(from) \(to) \(seed)")
        #expect(!isFinal(from, procedure) || from == to, "\(seed)")
        if let amount = change.redemption.amount, let most = change.redemption.application?.calculated {
            #expect(amount > .zero && amount <= most, "\(seed)")
            #expect(most <= yuan(30_000), "\(seed)")
        }
        if let settles = change.settles, let paid = settles.amountFen {
            #expect(paid <= change.redemption.order.voucherFen && to == "approved", "\(seed)")
        }
        if before.payable != nil { #expect(after.payable == before.payable, "\(seed)") }
        if after.payable != nil { #expect(to == "approved" && after.payable == after.amount, "\(seed)") }
    }
}
