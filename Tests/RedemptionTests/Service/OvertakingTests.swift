import Foundation
import Kernel
import Messages
import Messaging
import Synchronization
import TestKit
import Testing

@testable import Redemption

@Suite("Papers and deadlines that overtake what was told or promised", .serialized)
struct OvertakingTests {
    @Test("papers wait for the order that their sender has seen, and are taken once it has come")
    func waits() async throws {
        try await Play.with { play in
            try await play.tellProgramme()
            let (known, late) = (Papers(), Papers())
            try await play.open(known)
            let early = try await play.send(try seeing(1, try play.stored(late)), late, .institution, at: beijing("2026-05-15"))
            try await eventually("it says what it waits for") {
                play.problems.contains { $0.contains("waiting for what ordering has told of \(late.orderID.lowercased)") }
            }
            #expect(!play.post.all(Outcome.self, on: "replies").contains { $0.commandID == early }, "they may not be judged yet")
            try await play.open(late)
            #expect(try await play.post.answer(to: early).refusal == nil)
            #expect(try await play.post.answer(to: play.apply(numbered(known, 2), at: beijing("2026-05-15"))).refusal == nil)
            #expect(try await play.service.number("select count(*) from parked") == 0)
        }
    }

    @Test("QUAN-07: papers for an order that their sender has not seen either are refused at once")
    func unseen() async throws {
        try await Play.with { play in
            try await play.tellProgramme()
            let nobody = Papers()
            let id = try await play.send(try seeing(nil, try play.stored(nobody)), nobody, .institution, at: beijing("2026-05-15"))
            #expect(try await play.post.answer(to: id).refusal?.clauses.first == "QUAN-07")
        }
    }

    @Test(
        "BJ26-40: while what a portal promised may have been lost with the log, nobody's silence counts; papers that come again still win",
        .timeLimit(.minutes(2)))
    func lostPromise() async throws {
        try await Play.with { play in
            try await play.tellProgramme()
            // In different partitions: what waits holds up its own.
            let first = Papers()
            let second = try #require((0..<100).lazy.map { _ in Papers() }.first { partition(of: $0) != partition(of: first) })
            for papers in [first, second] { try await play.open(papers) }
            play.post.hasPortal.withLock { $0 = false }
            let (timer, due) = try await play.scheduled("silence", first)
            let keys = [first, second].map { $0.orderID.lowercased }
            try await play.service.pool.losePromises(of: "portal", to: "redemption", keys: keys)
            // One deadline has been handed on before the loss was known, the other is told only now.
            _ = try await play.post.send(
                LapseRedemption(orderID: first.orderID, deadline: "silence", timer: timer.name, dueAt: due), by: "redemption",
                key: first.orderID.lowercased, at: due)
            try await play.fire("silence", second, at: due)
            try await eventually("the one is put behind, the other waits") {
                let again = try await play.service.number("select count(*) from audit where type = '\(LapseRedemption.type)'")
                return again > 1 && play.problems.contains { $0.contains("the log was lost") }
            }
            // However long it takes, it comes round a few times a second and no more.
            let turns = "select count(*) from audit where type = '\(LapseRedemption.type)'"
            let (before, begin) = (try await play.service.number(turns), ContinuousClock.now)
            try await Task.sleep(for: .seconds(1))
            let after = try await play.service.number(turns)
            let atMost = Int64((ContinuousClock.now - begin) / MissingCommands.pause) + 2
            #expect(after > before && after - before <= atMost, "\(after - before) turns")
            for (number, papers) in [first, second].enumerated() {
                #expect(try await play.state(papers) == "awaiting")
                let id = try await play.apply(numbered(papers, number), at: due.addingTimeInterval(-1))
                #expect(try await play.post.answer(to: id).refusal == nil)
            }
            try await play.service.pool.findPromises(of: "portal")
            try await eventually("nothing waits any more") { play.problems.isEmpty }
            try await eventually("both deadlines have been looked at") {
                try await play.service.number("select count(*) from audit where type = '\(LapseRedemption.type)'") > 2
            }
            for papers in [first, second] { #expect(try await play.state(papers) == "in-review") }
            #expect(play.settlements(first).isEmpty && play.settlements(second).isEmpty)
        }
    }

    /// On a stage of four partitions.
    private func partition(of papers: Papers) -> Int32 { Shard.partition(of: Shard.of(papers.orderID.lowercased), partitions: 4) }

    /// With an invoice of its own.
    private func numbered(_ papers: Papers, _ number: Int) -> Papers {
        var own = papers
        own.invoices[0].number = "2611200000000000010\(number)"
        return own
    }

    private func seeing(_ version: Int64?, _ command: ApplyRedemption) throws -> ApplyRedemption {
        ApplyRedemption(orderID: command.orderID, papers: command.papers, facts: command.facts, orderSeen: version)
    }
}
