import FileStore
import Foundation
import Kernel
import Messages
import Messaging
import Postgres
import StrictJSON
import TestKit
import Testing

@testable import Redemption

@Suite("The service redemption", .serialized)
struct ServiceTests {
    @Test(
        "from the contract to the payable amount: every step is published, and nothing is payable before the ledger has posted"
    )
    func wholeWay() async throws {
        try await RedemptionFixture.with { fixture in
            try await fixture.publishProgramme()
            let papers = Papers()
            try await fixture.open(papers)
            let answer = try await fixture.peer.answer(to: fixture.apply(papers, at: beijing("2026-05-15")))
            #expect(answer.refusal == nil)
            try await fixture.decide(.determine, papers, .reviewer, reason: "材料齐全", at: beijing("2026-05-20"))
            try await fixture.decide(.decide, papers, .officer, at: beijing("2026-05-21"))
            try await fixture.decide(.publish, papers, .officer, at: beijing("2026-06-01"))
            try await fixture.fire("notice", papers, at: beijing("2026-06-11", "00:00:30"))
            try await eventually("the settlement is sent") { fixture.settlements(papers).count == 1 }
            // A repeated timer has no effect.
            try await fixture.fire("notice", papers, at: beijing("2026-06-11", "00:01:00"))
            #expect(try await fixture.state(papers) == "approved")
            #expect(
                fixture.settlements(papers) == [
                    SettleOrder(orderID: papers.orderID, step: "redemption.notice", amountFen: yuan(30_000))
                ])
            #expect(fixture.events(papers).allSatisfy { $0.redemption.payableFen == nil })
            try await fixture.publish(papers, step: "settle", reason: "redemption.notice", at: beijing("2026-06-11", "00:02:00"))
            try await eventually("the amount is payable") { fixture.events(papers).last?.redemption.payableFen == yuan(30_000) }
            #expect(fixture.events(papers).map(\.step) == ["open", "apply", "determine", "decide", "publish", "notice", "settle"])
            #expect(fixture.settlements(papers).count == 1)
            let settled = "payable_fen = 3000000 and settled_at is not null and settlement_sent_at is not null"
            #expect(try await fixture.service.number("select count(*) from redemption where \(settled)") == 1)
            #expect(try await fixture.service.number("select count(*) from parked") == 0)
            #expect(await SettlementReadiness.problem(fixture.service.pool) == nil)
        }
    }

    @Test("QUAN-26: of two concurrent applications with one invoice exactly one succeeds; a corrected number releases the old one")
    func invoiceRace() async throws {
        try await RedemptionFixture.with { fixture in
            try await fixture.publishProgramme()
            let (first, second) = (Papers(), Papers())
            try await fixture.open(first)
            try await fixture.open(second)
            async let one = fixture.apply(first, at: beijing("2026-05-15"))
            async let two = fixture.apply(second, at: beijing("2026-05-15"))
            let answers = try await [fixture.peer.answer(to: one), fixture.peer.answer(to: two)]
            #expect(answers.compactMap(\.refusal?.clauses.first) == ["QUAN-26"])
            #expect(try await fixture.service.number("select count(*) from invoice_use") == 1)

            let (winner, loser) = answers[0].refusal == nil ? (first, second) : (second, first)
            try await fixture.decide(.return, winner, .reviewer, reason: "号码有误", at: beijing("2026-05-18"))
            var mended = winner
            mended.invoices[0].number = "26112000000000000099"
            #expect(try await fixture.peer.answer(to: fixture.apply(mended, at: beijing("2026-05-19"))).refusal == nil)
            #expect(try await fixture.peer.answer(to: fixture.apply(loser, at: beijing("2026-05-20"))).refusal == nil)
            #expect(try await fixture.service.number("select count(*) from invoice_use") == 2)
        }
    }

    @Test("BJ26-40: no application is a waiver; a forged lapse is refused; a late application is refused")
    func silence() async throws {
        try await RedemptionFixture.with { fixture in
            try await fixture.publishProgramme()
            let papers = Papers()
            try await fixture.open(papers)
            let forged = LapseRedemption(
                orderID: papers.orderID, deadline: "silence", timer: "redemption/x", dueAt: try beijing("2026-09-22", "00:00:00"))
            let id = try await fixture.send(forged, papers, .officer, at: beijing("2026-09-22"))
            #expect(try await fixture.peer.answer(to: id).refusal?.clauses.first == "QUAN-10")
            try await fixture.fire("silence", papers, at: beijing("2026-09-22", "00:00:30"))
            try await eventually("the redemption is waived") { try await fixture.state(papers) == "waived" }
            try await eventually("the settlement is sent") { !fixture.settlements(papers).isEmpty }
            #expect(fixture.settlements(papers) == [SettleOrder(orderID: papers.orderID, step: "redemption.silence")])
            let late = try await fixture.peer.answer(to: fixture.apply(papers, at: beijing("2026-09-22", "09:00:00")))
            #expect(late.refusal?.clauses.first == "BJ26-40")
        }
    }

    @Test("files that were never uploaded, changed on disk, or used by another order are refused")
    func files() async throws {
        try await RedemptionFixture.with { fixture in
            try await fixture.publishProgramme()
            let (first, second) = (Papers(), Papers())
            try await fixture.open(first)
            try await fixture.open(second)
            let unknown = try await fixture.send(try first.command(), first, .institution, at: beijing("2026-05-15"))
            #expect(try await fixture.peer.answer(to: unknown).refusal?.clauses.first == "QUAN-25")

            let command = try fixture.stored(first)
            let hash = command.papers[0].file
            let path = fixture.files.path(of: hash)
            let whole = try Data(contentsOf: path)
            try Data("%PDF-1.4 changed".utf8).write(to: path)
            let altered = try await fixture.send(command, first, .institution, at: beijing("2026-05-15"))
            #expect(try await fixture.peer.answer(to: altered).refusal?.clauses.first == "QUAN-25")
            try whole.write(to: path)
            let done = try await fixture.send(command, first, .institution, at: beijing("2026-05-15"))
            #expect(try await fixture.peer.answer(to: done).refusal == nil)

            var other = second
            other.invoices[0].number = "26112000000000000002"
            let borrowed = ApplyRedemption(orderID: second.orderID, papers: command.papers, facts: try other.facts())
            let id = try await fixture.send(borrowed, second, .institution, at: beijing("2026-05-16"))
            #expect(try await fixture.peer.answer(to: id).refusal?.clauses.first == "QUAN-33", "another institution uploaded them")
            for document in other.documents {
                _ = try fixture.files.put(
                    RedemptionFixture.pdf("\(document) \(first.orderID)"), claimedName: "a.pdf", uploadedBy: second.institution)
            }
            let own = try await fixture.send(borrowed, second, .institution, at: beijing("2026-05-16"))
            #expect(try await fixture.peer.answer(to: own).refusal?.clauses.first == "QUAN-32", "another order uses them")
            #expect(try await fixture.service.number("select count(*) from file_use") == 3)
        }
    }

    @Test("an order waits for its programme version; a command without a token, or for an unknown order, is refused")
    func waiting() async throws {
        try await RedemptionFixture.with { fixture in
            let papers = Papers()
            try await fixture.publish(papers, step: "record-contract", at: beijing("2026-05-11"))
            let unknown = Papers()
            let id = try await fixture.apply(unknown, at: beijing("2026-05-11"))
            #expect(try await fixture.peer.answer(to: id).refusal?.clauses.first == "QUAN-07")
            #expect(try await fixture.service.number("select count(*) from redemption") == 0)
            try await fixture.publishProgramme()
            try await eventually("the order is handled") { try await fixture.state(papers) == "awaiting" }
            let bare = try await fixture.peer.send(
                try fixture.stored(papers), by: "portal", key: papers.orderID.lowercased, at: beijing("2026-05-15"))
            #expect(try await fixture.peer.answer(to: bare).refusal?.clauses.first == "QUAN-09")
            #expect(try await fixture.state(papers) == "awaiting")
        }
    }
}
