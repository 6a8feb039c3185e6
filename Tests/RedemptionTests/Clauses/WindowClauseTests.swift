import Foundation
import Kernel
import Messages
import Programme
import Testing

@testable import RedemptionDomain

@Suite("Clauses about deadlines and waiver")
struct WindowClauseTests {
    @Test("BJ26-38: applications are accepted until 24:00 of 21 September 2026")
    func cutOff() throws {
        var inTime = try RedemptionScenario.opened()
        try inTime.apply(at: beijing("2026-09-21", "23:59:59"))
        #expect(inTime.state == "in-review")
        var late = try RedemptionScenario.opened()
        let refusal = refusal { try late.apply(at: beijing("2026-09-22", "00:00:00")) }
        #expect(refusal?.clauses.first == "BJ26-38")
        #expect(refusal?.slug == "redemption-closed")

        var altered = try TestProgrammes.beijing2026()
        for index in altered.windows.indices where altered.windows[index].id == "redemption" {
            altered.windows[index].closes = .on(try day("2026-10-31"))
        }
        var later = try RedemptionScenario.opened(altered)
        try later.apply(at: beijing("2026-09-22", "00:00:00"))
        #expect(later.state == "in-review")
    }

    @Test("BJ26-38: the three weeks run from an earlier announced end of issuance (IN-09)")
    func earlierEnd() throws {
        let programme = try TestProgrammes.beijing2026()
        let announced = Announcements(closes: ["ordering": try day("2026-07-31")])
        let papers = Papers()
        let opened = try #require(try RedemptionScenario.opened(programme, papers).redemption)
        func apply(_ now: Date) throws -> String {
            let deciding = Deciding(programme: programme, circumstances: Circumstances(now: now, announcements: announced))
            let actor = Actor(person: "p", organisation: papers.institution, roles: ["institution"])
            return try deciding.apply(papers.command(), on: opened, by: actor, Surroundings(files: Papers.store)).redemption.state
        }
        #expect(try apply(beijing("2026-08-21", "23:59:59")) == "in-review")
        #expect(refusal { _ = try apply(beijing("2026-08-22", "00:00:00")) }?.clauses.first == "BJ26-38")
    }

    @Test("BJ26-40: a waiver statement within the window ends the redemption, and the ledger releases everything")
    func waived() throws {
        var scenario = try RedemptionScenario.applied()
        #expect(
            refusal { try scenario.take(.waive, .institution, at: beijing("2026-06-01")) }?.clauses.first == "BJ26-40",
            "without a statement")
        let statement = [RedemptionPaper(document: "waiver-statement", file: Papers.hash("waiver-statement"), fileName: "声明.pdf")]
        #expect(
            refusal { try scenario.take(.waive, .reviewer, papers: statement, at: beijing("2026-06-01")) }?.clauses == [
                "QUAN-10", "BJ26-40",
            ])
        #expect(
            refusal { try scenario.take(.waive, .institution, papers: statement, at: beijing("2026-09-22")) }?.clauses.first == "BJ26-38")
        try scenario.take(.waive, .institution, papers: statement, at: beijing("2026-06-01"))
        #expect(scenario.state == "waived")
        #expect(scenario.last?.settles == SettleOrder(orderID: scenario.papers.orderID, step: "redemption.waive"))
        #expect(refusal { try scenario.take(.determine, .reviewer, reason: "核定", at: beijing("2026-06-02")) }?.clauses.first == "QUAN-15")
    }

    @Test("BJ26-40: no application until the window closes is a waiver too; without the clause nothing lapses")
    func silence() throws {
        var scenario = try RedemptionScenario.opened()
        #expect(scenario.last?.dueAt == (try beijing("2026-09-22", "00:00:00")))
        #expect(try !scenario.fire(at: beijing("2026-09-21", "23:59:59")))
        #expect(try scenario.fire(at: beijing("2026-09-22", "00:00:30")))
        #expect(scenario.state == "waived")
        #expect(scenario.last?.clauses == ["BJ26-40"])
        #expect(scenario.last?.settles == SettleOrder(orderID: scenario.papers.orderID, step: "redemption.silence"))
        let late = refusal { try scenario.apply(at: beijing("2026-09-22", "08:00:00")) }
        #expect(late?.clauses.first == "BJ26-40", "a late application is refused under the clause that ended the redemption")

        var altered = try RedemptionScenario.opened(
            TestProgrammes.beijing2026().changingRedemption { $0.deadlines.removeAll { $0.id == "silence" } })
        #expect(try !altered.fire(at: beijing("2026-09-22", "00:00:30")))
        #expect(altered.state == "awaiting")
    }

    @Test("BJ26-40: the end of the window does not affect an application sent in time")
    func appliedInTime() throws {
        var scenario = try RedemptionScenario.opened()
        try scenario.apply(at: beijing("2026-09-21", "23:59:59"))
        #expect(try !scenario.fire(at: beijing("2026-09-22", "00:00:30")))
        #expect(scenario.state == "in-review")
    }

    @Test("returned papers must be corrected within the set working days, or the redemption is waived; each return restarts the deadline")
    func mending() throws {
        var scenario = try RedemptionScenario.applied()
        #expect(
            refusal { try scenario.take(.return, .reviewer, at: beijing("2026-05-20")) }?.clauses.contains("BJ26-41") ?? false, "no reason")
        try scenario.take(.return, .reviewer, reason: "发票不清晰", at: beijing("2026-05-20"))
        // Ten working days after Wednesday 20 May: Wednesday 3 June, to its end.
        #expect(scenario.last?.dueAt == (try beijing("2026-06-04", "00:00:00")))
        try scenario.apply(at: beijing("2026-06-03", "23:59:59"))
        #expect(scenario.last?.step == "resubmit")
        try scenario.take(.return, .reviewer, reason: "仍不清晰", at: beijing("2026-06-04"))
        #expect(scenario.last?.dueAt == (try beijing("2026-06-19", "00:00:00")))
        #expect(refusal { try scenario.apply(at: beijing("2026-06-19", "00:00:00")) }?.clauses.first == "BJ26-40")
        #expect(try scenario.fire(at: beijing("2026-06-19", "00:00:30")))
        #expect(scenario.state == "waived")
    }
}
