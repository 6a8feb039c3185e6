import Foundation
import Kernel
import Messages
import Programme
import Testing

@testable import RedemptionDomain

@Suite("Public notice, objections, and what follows")
struct NoticeTests {
    @Test("BJ26-42: seven working days of notice, then the decision is final and the ledger is asked to post it")
    func notice() throws {
        var scene = try Scene.published(at: "2026-06-01")
        // Monday 1 June; the seventh working day after it is Wednesday 10 June.
        #expect(scene.last?.event.redemption.notice == NoticeDays(from: try day("2026-06-01"), through: try day("2026-06-10")))
        #expect(try !scene.fire(at: beijing("2026-06-10", "23:59:59")))
        #expect(try scene.fire(at: beijing("2026-06-11", "00:00:30")))
        #expect(scene.state == "approved")
        #expect(scene.last?.settles == SettleOrder(orderID: scene.papers.orderID, step: "redemption.notice", amountFen: yuan(30_000)))
        #expect(scene.last?.event.redemption.payableFen == nil, "approved is not posted yet")
        #expect(scene.last?.event.redemption.notice?.through == (try day("2026-06-10")))

        var altered = try Files.beijing2026().changingRedemption { procedure in
            for index in procedure.deadlines.indices where procedure.deadlines[index].id == "notice" {
                procedure.deadlines[index].length = .workingDays(3)
            }
        }
        altered.version = 2
        var shorter = try Scene.published(altered, at: "2026-06-01")
        #expect(try shorter.fire(at: beijing("2026-06-05", "00:00:00")))
    }

    @Test("money may be paid once the ledger has posted the decision, and only for that step")
    func payable() throws {
        var scene = try Scene.published()
        try scene.fire(at: beijing("2026-06-11", "00:00:30"))
        try scene.tell(scene.papers.order(), step: "settle", reason: "redemption.waive", at: beijing("2026-06-11"))
        #expect(scene.redemption?.payable == nil)
        try scene.tell(scene.papers.order(), step: "settle", reason: "redemption.notice", at: beijing("2026-06-11"))
        #expect(scene.last?.step == "settle")
        #expect(scene.last?.event.redemption.payableFen == yuan(30_000))
        #expect(scene.last?.event.redemption.notice?.through == (try day("2026-06-10")))
        let count = scene.changes.count
        try scene.tell(scene.papers.order(), step: "settle", reason: "redemption.notice", at: beijing("2026-06-11"))
        #expect(scene.changes.count == count, "told again, it is not told on")
    }

    @Test("an objection holds the notice until it is answered; then it goes on with the days it had left")
    func objection() throws {
        var scene = try Scene.published(at: "2026-06-01")
        try scene.take(.object, .public, reason: "服务未实际提供", at: beijing("2026-06-04"))
        #expect(scene.state == "objected")
        #expect(scene.last?.event.redemption.notice == NoticeDays(from: try day("2026-06-01"), through: nil))
        #expect(scene.last?.timers.contains { if case .cancel = $0 { true } else { false } } ?? false)
        #expect(try !scene.fire(at: beijing("2026-06-30")), "a timer that fires in spite of it does nothing")
        // 2 and 3 June had passed in full: five of seven days are left.
        try scene.take(.answerObjection, .officer, reason: "已核实服务记录", at: beijing("2026-06-30"))
        #expect(scene.last?.event.redemption.notice?.through == (try day("2026-07-07")))
        #expect(try !scene.fire(at: beijing("2026-07-07", "23:59:59")))
        #expect(try scene.fire(at: beijing("2026-07-08", "00:00:00")))
        #expect(scene.state == "approved")
    }

    @Test("a second objection holds it again, and no day counts twice")
    func twice() throws {
        var scene = try Scene.published(at: "2026-06-01")
        try scene.take(.object, .enterprise, reason: "金额不符", at: beijing("2026-06-04"))
        try scene.take(.answerObjection, .officer, reason: "相符", at: beijing("2026-06-05"))
        // Five days left from Friday 5 June: through Friday the 12th.
        #expect(scene.last?.event.redemption.notice?.through == (try day("2026-06-12")))
        try scene.take(.object, .public, reason: "再次异议", at: beijing("2026-06-10"))
        try scene.take(.answerObjection, .officer, reason: "不成立", at: beijing("2026-06-10"))
        // Monday and Tuesday had passed in full.
        #expect(scene.last?.event.redemption.notice?.through == (try day("2026-06-15")))
        #expect(scene.redemption?.objections.map(\.answer) == ["相符", "不成立"])
    }

    @Test("a notice past the published calendar is told as its rule, and ends when the timer says so")
    func provisional() throws {
        let programme = try Files.beijing2026()
        var scene = try Scene.published(programme, at: "2026-12-25")
        #expect(scene.last?.dueAt == nil)
        #expect(scene.last?.event.redemption.notice == NoticeDays(from: try day("2026-12-25"), through: nil))
        let timer = try #require(scene.last?.timers.first)
        guard case .schedule(let rule, .provisional, let name) = timer else {
            Issue.record("\(timer)")
            return
        }
        let due = try beijing("2027-01-08", "00:00:00")
        let current = try #require(scene.redemption)
        #expect(scene.deciding(due.addingTimeInterval(-1)).lapse(rule.id, timer: name, dueAt: due, of: current) == nil)
        #expect(scene.deciding(due).lapse(rule.id, timer: name, dueAt: due, of: current)?.redemption.state == "approved")
        // An objection and its answer make another timer of what is left.
        try scene.take(.object, .public, reason: "异议", at: beijing("2026-12-30"))
        try scene.take(.answerObjection, .officer, reason: "不成立", at: beijing("2026-12-31"))
        guard case .schedule(let left, .provisional(let start, _), let other) = try #require(scene.last?.timers.first) else { return }
        #expect(left.length == .workingDays(5) && other != name)
        #expect(start == (try beijing("2026-12-31")))
    }

    @Test("anybody may object with a reason while the notice runs, and nobody after it; an upheld objection ends it unpaid")
    func upheld() throws {
        var scene = try Scene.published(at: "2026-06-01")
        #expect(refusal { try scene.take(.object, .public, at: beijing("2026-06-04")) }?.clauses.contains("BJ26-42") ?? false)
        #expect(refusal { try scene.take(.object, .reviewer, reason: "x", at: beijing("2026-06-04")) }?.clauses.first == "QUAN-10")
        #expect(
            refusal { try scene.take(.object, .public, reason: "x", at: beijing("2026-06-11", "00:00:00")) }?.clauses.first == "BJ26-42")
        try scene.take(.object, .public, reason: "虚构合同", at: beijing("2026-06-10", "23:59:59"))
        try scene.take(.upholdObjection, .officer, reason: "查实", at: beijing("2026-06-12"))
        #expect(scene.state == "refused")
        #expect(scene.last?.settles == SettleOrder(orderID: scene.papers.orderID, step: "redemption.uphold"))
        #expect(try !scene.fire(at: beijing("2026-07-30")))
    }

    @Test("the bureau may refuse what was determined, with a reason, and the ledger gives everything back")
    func refused() throws {
        var scene = try Scene.applied()
        try scene.take(.determine, .reviewer, reason: "核定", at: beijing("2026-05-20"))
        #expect(refusal { try scene.take(.refuse, .officer, at: beijing("2026-05-21")) }?.clauses.contains("BJ26-42") ?? false)
        try scene.take(.refuse, .officer, reason: "材料虚假", at: beijing("2026-05-21"))
        #expect(scene.state == "refused")
        #expect(scene.last?.settles?.step == "redemption.reject")
    }

    @Test("another institution cannot act on a redemption")
    func otherInstitution() throws {
        var scene = try Scene.opened()
        let stranger = Actor(person: "p", organisation: UUID(), roles: ["institution"])
        #expect(refusal { try scene.apply(by: stranger, at: beijing("2026-05-15")) }?.clauses.first == "QUAN-10")
        let forged = Actor(person: "p", organisation: scene.papers.institution, roles: ["platform"])
        #expect(refusal { try scene.apply(by: forged, at: beijing("2026-05-15")) }?.clauses.first == "QUAN-10")
    }

    @Test("a contract recorded anew after the papers were checked stops the decision until it is right again")
    func contractChanged() throws {
        var scene = try Scene.published(at: "2026-06-01")
        var cheaper = scene.papers
        cheaper.voucher = yuan(20_000)
        cheaper.selfPaid = yuan(80_000)
        try scene.tell(cheaper.order(voucher: yuan(20_000)), step: "record-contract", at: beijing("2026-06-03"))
        #expect(scene.last?.event.redemption.flags.map(\.kind) == ["contract-changed"])
        #expect(try !scene.fire(at: beijing("2026-06-11", "00:00:30")))
        #expect(scene.state == "in-notice")
        try scene.tell(scene.papers.order(), step: "record-contract", at: beijing("2026-06-15"))
        #expect(scene.state == "approved", "the notice had run its days")

        var early = try Scene.applied()
        try early.tell(cheaper.order(voucher: yuan(20_000)), step: "record-contract", at: beijing("2026-05-18"))
        #expect(refusal { try early.take(.determine, .reviewer, reason: "核定", at: beijing("2026-05-20")) }?.clauses.first == "QUAN-27")
    }

    @Test("a redemption is opened when the order has a contract, once")
    func opening() throws {
        var scene = try Scene()
        try scene.tell(scene.papers.order(state: "accepted"), step: "accept", at: beijing("2026-05-09"))
        #expect(scene.redemption == nil)
        try scene.tell(scene.papers.order(), step: "record-contract", at: beijing("2026-05-11"))
        #expect(scene.state == "awaiting")
        try scene.tell(scene.papers.order(state: "completed"), step: "confirm-completion", at: beijing("2026-05-12"))
        #expect(scene.changes.map(\.step) == ["open"])
        #expect(scene.redemption?.order.state == "completed")
    }
}
