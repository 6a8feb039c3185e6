import Foundation
import Kernel
import Messages
import Programme
import Testing

@testable import RedemptionDomain

@Suite("Clauses about time and waiver")
struct WindowClauseTests {
    @Test("BJ26-38: redemption is applied for until 24:00 of 21 September 2026, and not a second later")
    func cutOff() throws {
        var inTime = try Scene.opened()
        try inTime.apply(at: beijing("2026-09-21", "23:59:59"))
        #expect(inTime.state == "in-review")
        var late = try Scene.opened()
        let refusal = refusal { try late.apply(at: beijing("2026-09-22", "00:00:00")) }
        #expect(refusal?.clauses.first == "BJ26-38")
        #expect(refusal?.slug == "redemption-closed")

        var altered = try Files.beijing2026()
        for index in altered.windows.indices where altered.windows[index].id == "redemption" {
            altered.windows[index].closes = .on(try day("2026-10-31"))
        }
        var later = try Scene.opened(altered)
        try later.apply(at: beijing("2026-09-22", "00:00:00"))
        #expect(later.state == "in-review")
    }

    @Test("BJ26-38: the three weeks run from an earlier announced end of issuance (IN-09)")
    func earlierEnd() throws {
        let programme = try Files.beijing2026()
        let announced = Announcements(closes: ["ordering": try day("2026-07-31")])
        let papers = Papers()
        let opened = try #require(try Scene.opened(programme, papers).redemption)
        func apply(_ now: Date) throws -> String {
            let deciding = Deciding(programme: programme, circumstances: Circumstances(now: now, announcements: announced))
            let actor = Actor(person: "p", organisation: papers.institution, roles: ["institution"])
            return try deciding.apply(papers.command(), on: opened, by: actor, Surroundings(files: Papers.store)).redemption.state
        }
        #expect(try apply(beijing("2026-08-21", "23:59:59")) == "in-review")
        #expect(refusal { _ = try apply(beijing("2026-08-22", "00:00:00")) }?.clauses.first == "BJ26-38")
    }

    @Test("BJ26-40: a statement inside the window waives; nothing is reviewed afterwards and the ledger gives everything back")
    func waived() throws {
        var scene = try Scene.applied()
        #expect(
            refusal { try scene.take(.waive, .institution, at: beijing("2026-06-01")) }?.clauses.first == "BJ26-40", "without a statement")
        let statement = [RedemptionPaper(document: "waiver-statement", file: Papers.hash("waiver-statement"), fileName: "声明.pdf")]
        #expect(
            refusal { try scene.take(.waive, .reviewer, papers: statement, at: beijing("2026-06-01")) }?.clauses == ["QUAN-10", "BJ26-40"])
        #expect(refusal { try scene.take(.waive, .institution, papers: statement, at: beijing("2026-09-22")) }?.clauses.first == "BJ26-38")
        try scene.take(.waive, .institution, papers: statement, at: beijing("2026-06-01"))
        #expect(scene.state == "waived")
        #expect(scene.last?.settles == SettleOrder(orderID: scene.papers.orderID, step: "redemption.waive"))
        #expect(refusal { try scene.take(.determine, .reviewer, reason: "核定", at: beijing("2026-06-02")) }?.clauses.first == "QUAN-15")
    }

    @Test("BJ26-40: silence until the window closes is a waiver too; without the clause nothing lapses")
    func silence() throws {
        var scene = try Scene.opened()
        #expect(scene.last?.dueAt == (try beijing("2026-09-22", "00:00:00")))
        #expect(try !scene.fire(at: beijing("2026-09-21", "23:59:59")))
        #expect(try scene.fire(at: beijing("2026-09-22", "00:00:30")))
        #expect(scene.state == "waived")
        #expect(scene.last?.clauses == ["BJ26-40"])
        #expect(scene.last?.settles == SettleOrder(orderID: scene.papers.orderID, step: "redemption.silence"))
        let late = refusal { try scene.apply(at: beijing("2026-09-22", "08:00:00")) }
        #expect(late?.clauses.first == "BJ26-40", "who comes later is told which clause has ended it")

        var altered = try Scene.opened(Files.beijing2026().changingRedemption { $0.deadlines.removeAll { $0.id == "silence" } })
        #expect(try !altered.fire(at: beijing("2026-09-22", "00:00:30")))
        #expect(altered.state == "awaiting")
    }

    @Test("BJ26-40: an application in time is not undone by the end of the window")
    func appliedInTime() throws {
        var scene = try Scene.opened()
        try scene.apply(at: beijing("2026-09-21", "23:59:59"))
        #expect(try !scene.fire(at: beijing("2026-09-22", "00:00:30")))
        #expect(scene.state == "in-review")
    }

    @Test("returned papers are mended within the set working days, or the redemption is waived; each return begins anew")
    func mending() throws {
        var scene = try Scene.applied()
        #expect(
            refusal { try scene.take(.return, .reviewer, at: beijing("2026-05-20")) }?.clauses.contains("BJ26-41") ?? false, "no reason")
        try scene.take(.return, .reviewer, reason: "发票不清晰", at: beijing("2026-05-20"))
        // Ten working days after Wednesday 20 May: Wednesday 3 June, to its end.
        #expect(scene.last?.dueAt == (try beijing("2026-06-04", "00:00:00")))
        try scene.apply(at: beijing("2026-06-03", "23:59:59"))
        #expect(scene.last?.step == "resubmit")
        try scene.take(.return, .reviewer, reason: "仍不清晰", at: beijing("2026-06-04"))
        #expect(scene.last?.dueAt == (try beijing("2026-06-19", "00:00:00")))
        #expect(refusal { try scene.apply(at: beijing("2026-06-19", "00:00:00")) }?.clauses.first == "BJ26-40")
        #expect(try scene.fire(at: beijing("2026-06-19", "00:00:30")))
        #expect(scene.state == "waived")
    }
}
