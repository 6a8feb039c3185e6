import FileStore
import Foundation
import Kernel
import Messages
import Messaging
import Postgres
import TestKit
import Testing

@testable import Redemption

@Suite("The service redemption", .serialized)
struct ServiceTests {
    @Test("from the contract to what may be paid: every step told, the ledger asked once, and nothing payable before it has posted")
    func wholeWay() async throws {
        try await Play.with { play in
            try await play.tellProgramme()
            let papers = Papers()
            try await play.open(papers)
            let answer = try await play.post.answer(to: play.apply(papers, at: beijing("2026-05-15")))
            #expect(answer.refusal == nil)
            try await play.decide(.determine, papers, .reviewer, reason: "材料齐全", at: beijing("2026-05-20"))
            try await play.decide(.decide, papers, .officer, at: beijing("2026-05-21"))
            try await play.decide(.publish, papers, .officer, at: beijing("2026-06-01"))
            try await play.fire("notice", papers, at: beijing("2026-06-11", "00:00:30"))
            try await eventually("the ledger is asked") { play.settlements(papers).count == 1 }
            // The timer fires again; nothing comes of it.
            try await play.fire("notice", papers, at: beijing("2026-06-11", "00:01:00"))
            #expect(try await play.state(papers) == "approved")
            #expect(
                play.settlements(papers) == [
                    SettleOrder(orderID: papers.orderID, step: "redemption.notice", amountFen: yuan(30_000))
                ])
            #expect(play.events(papers).allSatisfy { $0.redemption.payableFen == nil })
            try await play.tell(papers, step: "settle", reason: "redemption.notice", at: beijing("2026-06-11", "00:02:00"))
            try await eventually("it may be paid") { play.events(papers).last?.redemption.payableFen == yuan(30_000) }
            #expect(play.events(papers).map(\.step) == ["open", "apply", "determine", "decide", "publish", "notice", "settle"])
            #expect(play.settlements(papers).count == 1)
            #expect(
                try await play.service.number(
                    "select count(*) from redemption where payable_fen = 3000000 and settled_at is not null and asked_at is not null") == 1)
            #expect(try await play.service.number("select count(*) from parked") == 0)
            #expect(await SettlementWatch.problem(play.service.pool) == nil)
        }
    }

    @Test("QUAN-26: of two orders that name one invoice at the same time exactly one has it; a mended number frees the old one")
    func invoiceRace() async throws {
        try await Play.with { play in
            try await play.tellProgramme()
            let (first, second) = (Papers(), Papers())
            try await play.open(first)
            try await play.open(second)
            async let one = play.apply(first, at: beijing("2026-05-15"))
            async let two = play.apply(second, at: beijing("2026-05-15"))
            let answers = try await [play.post.answer(to: one), play.post.answer(to: two)]
            #expect(answers.compactMap(\.refusal?.clauses.first) == ["QUAN-26"])
            #expect(try await play.service.number("select count(*) from invoice_use") == 1)

            let (winner, loser) = answers[0].refusal == nil ? (first, second) : (second, first)
            try await play.decide(.return, winner, .reviewer, reason: "号码有误", at: beijing("2026-05-18"))
            var mended = winner
            mended.invoices[0].number = "26112000000000000099"
            #expect(try await play.post.answer(to: play.apply(mended, at: beijing("2026-05-19"))).refusal == nil)
            #expect(try await play.post.answer(to: play.apply(loser, at: beijing("2026-05-20"))).refusal == nil)
            #expect(try await play.service.number("select count(*) from invoice_use") == 2)
        }
    }

    @Test("BJ26-40: silence is a waiver; a forged lapse is refused; what comes later finds it closed")
    func silence() async throws {
        try await Play.with { play in
            try await play.tellProgramme()
            let papers = Papers()
            try await play.open(papers)
            let forged = LapseRedemption(
                orderID: papers.orderID, deadline: "silence", timer: "redemption/x", dueAt: try beijing("2026-09-22", "00:00:00"))
            let id = try await play.send(forged, papers, .officer, at: beijing("2026-09-22"))
            #expect(try await play.post.answer(to: id).refusal?.clauses.first == "QUAN-10")
            try await play.fire("silence", papers, at: beijing("2026-09-22", "00:00:30"))
            try await eventually("it is waived") { try await play.state(papers) == "waived" }
            try await eventually("the ledger is asked") { !play.settlements(papers).isEmpty }
            #expect(play.settlements(papers) == [SettleOrder(orderID: papers.orderID, step: "redemption.silence")])
            let late = try await play.post.answer(to: play.apply(papers, at: beijing("2026-09-22", "09:00:00")))
            #expect(late.refusal?.clauses.first == "BJ26-40")
        }
    }

    @Test("papers are read from the store: what was never uploaded, or was changed on disk, or another order uses, is refused")
    func files() async throws {
        try await Play.with { play in
            try await play.tellProgramme()
            let (first, second) = (Papers(), Papers())
            try await play.open(first)
            try await play.open(second)
            let unknown = try await play.send(try first.command(), first, .institution, at: beijing("2026-05-15"))
            #expect(try await play.post.answer(to: unknown).refusal?.clauses.first == "QUAN-25")

            let command = try play.stored(first)
            let hash = command.papers[0].file
            let path = play.files.path(of: hash)
            let whole = try Data(contentsOf: path)
            try Data("%PDF-1.4 changed".utf8).write(to: path)
            let altered = try await play.send(command, first, .institution, at: beijing("2026-05-15"))
            #expect(try await play.post.answer(to: altered).refusal?.clauses.first == "QUAN-25")
            try whole.write(to: path)
            let done = try await play.send(command, first, .institution, at: beijing("2026-05-15"))
            #expect(try await play.post.answer(to: done).refusal == nil)

            var other = second
            other.invoices[0].number = "26112000000000000002"
            let borrowed = ApplyRedemption(orderID: second.orderID, papers: command.papers, facts: try other.facts())
            let id = try await play.send(borrowed, second, .institution, at: beijing("2026-05-16"))
            #expect(try await play.post.answer(to: id).refusal?.clauses.first == "QUAN-33", "another institution uploaded them")
            for document in other.documents {
                _ = try play.files.put(
                    Play.pdf("\(document) \(first.orderID)"), claimedName: "a.pdf", uploadedBy: second.institution)
            }
            let own = try await play.send(borrowed, second, .institution, at: beijing("2026-05-16"))
            #expect(try await play.post.answer(to: own).refusal?.clauses.first == "QUAN-32", "another order uses them")
            #expect(try await play.service.number("select count(*) from file_use") == 3)
        }
    }

    @Test("an order of a version that has not arrived waits for it; a command without a token, or for no order, is refused")
    func waiting() async throws {
        try await Play.with { play in
            let papers = Papers()
            try await play.tell(papers, step: "record-contract", at: beijing("2026-05-11"))
            let nobody = Papers()
            let id = try await play.apply(nobody, at: beijing("2026-05-11"))
            #expect(try await play.post.answer(to: id).refusal?.clauses.first == "QUAN-07")
            #expect(try await play.service.number("select count(*) from redemption") == 0)
            try await play.tellProgramme()
            try await eventually("the order is taken up") { try await play.state(papers) == "awaiting" }
            let bare = try await play.post.send(
                try play.stored(papers), by: "portal", key: papers.orderID.lowercased, at: beijing("2026-05-15"))
            #expect(try await play.post.answer(to: bare).refusal?.clauses.first == "QUAN-09")
            #expect(try await play.state(papers) == "awaiting")
        }
    }
}
