import Foundation
import Kernel
import Messages
import Programme
import Testing

@testable import RedemptionDomain

@Suite("Public notice and objections")
struct NoticeTests {
    @Test("BJ26-42: after seven working days of notice the decision is final and the settlement is sent to ordering")
    func notice() throws {
        var scenario = try RedemptionScenario.published(at: "2026-06-01")
        // Monday 1 June; the seventh working day after it is Wednesday 10 June.
        #expect(scenario.last?.event.redemption.notice == NoticeDays(from: try day("2026-06-01"), through: try day("2026-06-10")))
        #expect(try !scenario.fire(at: beijing("2026-06-10", "23:59:59")))
        #expect(try scenario.fire(at: beijing("2026-06-11", "00:00:30")))
        #expect(scenario.state == "approved")
        #expect(scenario.last?.settles == SettleOrder(orderID: scenario.papers.orderID, step: "redemption.notice", amountFen: yuan(30_000)))
        #expect(scenario.last?.event.redemption.payableFen == nil, "approved, but not posted yet")
        #expect(scenario.last?.event.redemption.notice?.through == (try day("2026-06-10")))

        var altered = try TestProgrammes.beijing2026().changingRedemption { procedure in
            for index in procedure.deadlines.indices where procedure.deadlines[index].id == "notice" {
                procedure.deadlines[index].length = .workingDays(3)
            }
        }
        altered.version = 2
        var shorter = try RedemptionScenario.published(altered, at: "2026-06-01")
        #expect(try shorter.fire(at: beijing("2026-06-05", "00:00:00")))
    }

    @Test("the amount is payable once the ledger has posted the decision, and only for that step")
    func payable() throws {
        var scenario = try RedemptionScenario.published()
        try scenario.fire(at: beijing("2026-06-11", "00:00:30"))
        try scenario.publish(scenario.papers.order(), step: "settle", reason: "redemption.waive", at: beijing("2026-06-11"))
        #expect(scenario.redemption?.payable == nil)
        try scenario.publish(scenario.papers.order(), step: "settle", reason: "redemption.notice", at: beijing("2026-06-11"))
        #expect(scenario.last?.step == "settle")
        #expect(scenario.last?.event.redemption.payableFen == yuan(30_000))
        #expect(scenario.last?.event.redemption.notice?.through == (try day("2026-06-10")))
        let count = scenario.changes.count
        try scenario.publish(scenario.papers.order(), step: "settle", reason: "redemption.notice", at: beijing("2026-06-11"))
        #expect(scenario.changes.count == count, "a repeated event publishes nothing")
    }

    @Test("an objection suspends the notice until it is answered; then the remaining days continue")
    func objection() throws {
        var scenario = try RedemptionScenario.published(at: "2026-06-01")
        try scenario.take(.object, .public, reason: "服务未实际提供", at: beijing("2026-06-04"))
        #expect(scenario.state == "objected")
        #expect(scenario.last?.event.redemption.notice == NoticeDays(from: try day("2026-06-01"), through: nil))
        #expect(scenario.last?.timers.contains { if case .cancel = $0 { true } else { false } } ?? false)
        #expect(try !scenario.fire(at: beijing("2026-06-30")), "a timer that fires anyway has no effect")
        // 2 and 3 June had passed in full: five of seven days are left.
        try scenario.take(.answerObjection, .officer, reason: "已核实服务记录", at: beijing("2026-06-30"))
        #expect(scenario.last?.event.redemption.notice?.through == (try day("2026-07-07")))
        #expect(try !scenario.fire(at: beijing("2026-07-07", "23:59:59")))
        #expect(try scenario.fire(at: beijing("2026-07-08", "00:00:00")))
        #expect(scenario.state == "approved")
    }

    @Test("a second objection suspends the notice again, and no day counts twice")
    func twice() throws {
        var scenario = try RedemptionScenario.published(at: "2026-06-01")
        try scenario.take(.object, .enterprise, reason: "金额不符", at: beijing("2026-06-04"))
        try scenario.take(.answerObjection, .officer, reason: "相符", at: beijing("2026-06-05"))
        // Five days left from Friday 5 June: through Friday the 12th.
        #expect(scenario.last?.event.redemption.notice?.through == (try day("2026-06-12")))
        try scenario.take(.object, .public, reason: "再次异议", at: beijing("2026-06-10"))
        try scenario.take(.answerObjection, .officer, reason: "不成立", at: beijing("2026-06-10"))
        // Monday and Tuesday had passed in full.
        #expect(scenario.last?.event.redemption.notice?.through == (try day("2026-06-15")))
        #expect(scenario.redemption?.objections.map(\.answer) == ["相符", "不成立"])
    }

    @Test("a notice beyond the published calendar is scheduled in working days, and ends when the timer fires")
    func provisional() throws {
        let programme = try TestProgrammes.beijing2026()
        var scenario = try RedemptionScenario.published(programme, at: "2026-12-25")
        #expect(scenario.last?.dueAt == nil)
        #expect(scenario.last?.event.redemption.notice == NoticeDays(from: try day("2026-12-25"), through: nil))
        let timer = try #require(scenario.last?.timers.first)
        guard case .schedule(let rule, .provisional, let name) = timer else {
            Issue.record("\(timer)")
            return
        }
        let due = try beijing("2027-01-08", "00:00:00")
        let current = try #require(scenario.redemption)
        #expect(scenario.deciding(due.addingTimeInterval(-1)).lapse(rule.id, timer: name, dueAt: due, of: current) == nil)
        #expect(scenario.deciding(due).lapse(rule.id, timer: name, dueAt: due, of: current)?.redemption.state == "approved")
        // An objection and its answer schedule another timer for the remaining days.
        try scenario.take(.object, .public, reason: "异议", at: beijing("2026-12-30"))
        try scenario.take(.answerObjection, .officer, reason: "不成立", at: beijing("2026-12-31"))
        guard case .schedule(let left, .provisional(let start, _), let other) = try #require(scenario.last?.timers.first) else { return }
        #expect(left.length == .workingDays(5) && other != name)
        #expect(start == (try beijing("2026-12-31")))
    }

    @Test(
        "any member of the public can object with a reason during the notice, but not after it; an upheld objection refuses the redemption")
    func upheld() throws {
        var scenario = try RedemptionScenario.published(at: "2026-06-01")
        #expect(refusal { try scenario.take(.object, .public, at: beijing("2026-06-04")) }?.clauses.contains("BJ26-42") ?? false)
        #expect(refusal { try scenario.take(.object, .reviewer, reason: "x", at: beijing("2026-06-04")) }?.clauses.first == "QUAN-10")
        #expect(
            refusal { try scenario.take(.object, .public, reason: "x", at: beijing("2026-06-11", "00:00:00")) }?.clauses.first == "BJ26-42")
        try scenario.take(.object, .public, reason: "虚构合同", at: beijing("2026-06-10", "23:59:59"))
        try scenario.take(.upholdObjection, .officer, reason: "查实", at: beijing("2026-06-12"))
        #expect(scenario.state == "refused")
        #expect(scenario.last?.settles == SettleOrder(orderID: scenario.papers.orderID, step: "redemption.uphold"))
        #expect(try !scenario.fire(at: beijing("2026-07-30")))
    }

    @Test("the bureau can refuse a determined redemption with a reason, and the ledger releases everything")
    func refused() throws {
        var scenario = try RedemptionScenario.applied()
        try scenario.take(.determine, .reviewer, reason: "核定", at: beijing("2026-05-20"))
        #expect(refusal { try scenario.take(.refuse, .officer, at: beijing("2026-05-21")) }?.clauses.contains("BJ26-42") ?? false)
        try scenario.take(.refuse, .officer, reason: "材料虚假", at: beijing("2026-05-21"))
        #expect(scenario.state == "refused")
        #expect(scenario.last?.settles?.step == "redemption.reject")
    }

    @Test("another institution cannot act on a redemption")
    func otherInstitution() throws {
        var scenario = try RedemptionScenario.opened()
        let stranger = Actor(person: "p", organisation: UUID(), roles: ["institution"])
        #expect(refusal { try scenario.apply(by: stranger, at: beijing("2026-05-15")) }?.clauses.first == "QUAN-10")
        let forged = Actor(person: "p", organisation: scenario.papers.institution, roles: ["platform"])
        #expect(refusal { try scenario.apply(by: forged, at: beijing("2026-05-15")) }?.clauses.first == "QUAN-10")
    }

    @Test("a contract recorded again after the papers were checked blocks the decision until it matches again")
    func contractChanged() throws {
        var scenario = try RedemptionScenario.published(at: "2026-06-01")
        var cheaper = scenario.papers
        cheaper.voucher = yuan(20_000)
        cheaper.selfPaid = yuan(80_000)
        try scenario.publish(cheaper.order(voucher: yuan(20_000)), step: "record-contract", at: beijing("2026-06-03"))
        #expect(scenario.last?.event.redemption.flags.map(\.kind) == ["contract-changed"])
        #expect(try !scenario.fire(at: beijing("2026-06-11", "00:00:30")))
        #expect(scenario.state == "in-notice")
        try scenario.publish(scenario.papers.order(), step: "record-contract", at: beijing("2026-06-15"))
        #expect(scenario.state == "approved", "the days of the notice had passed")

        var early = try RedemptionScenario.applied()
        try early.publish(cheaper.order(voucher: yuan(20_000)), step: "record-contract", at: beijing("2026-05-18"))
        #expect(refusal { try early.take(.determine, .reviewer, reason: "核定", at: beijing("2026-05-20")) }?.clauses.first == "QUAN-27")
    }

    @Test("a redemption is opened once, when the order has a contract")
    func opening() throws {
        var scenario = try RedemptionScenario()
        try scenario.publish(scenario.papers.order(state: "accepted"), step: "accept", at: beijing("2026-05-09"))
        #expect(scenario.redemption == nil)
        try scenario.publish(scenario.papers.order(), step: "record-contract", at: beijing("2026-05-11"))
        #expect(scenario.state == "awaiting")
        try scenario.publish(scenario.papers.order(state: "completed"), step: "confirm-completion", at: beijing("2026-05-12"))
        #expect(scenario.changes.map(\.step) == ["open"])
        #expect(scenario.redemption?.order.state == "completed")
    }
}
