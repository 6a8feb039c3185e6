import Foundation
import Kernel
import Messages
import Messaging
import StrictJSON
import Synchronization
import TestKit
import Testing

@testable import Redemption

@Suite("Papers and deadlines that arrive before earlier events or commands", .serialized)
struct OvertakingTests {
    @Test("papers wait for the version of the order that their sender has seen")
    func waits() async throws {
        try await RedemptionFixture.with { fixture in
            try await fixture.publishProgramme()
            let (known, late) = (Papers(), Papers())
            try await fixture.open(known)
            let early = try await fixture.send(
                try withSeenVersion(1, try fixture.stored(late)), late, .institution, at: beijing("2026-05-15"))
            try await eventually("readiness names the missing event") {
                fixture.problems.contains { $0.contains("waiting for an event of ordering for \(late.orderID.lowercased)") }
            }
            #expect(!fixture.peer.all(Outcome.self, on: "replies").contains { $0.commandID == early }, "they must not be decided yet")
            try await fixture.open(late)
            #expect(try await fixture.peer.answer(to: early).refusal == nil)
            #expect(try await fixture.peer.answer(to: fixture.apply(numbered(known, 2), at: beijing("2026-05-15"))).refusal == nil)
            #expect(try await fixture.service.number("select count(*) from parked") == 0)
        }
    }

    @Test("QUAN-07: papers for an unknown order without a version are refused at once")
    func unseen() async throws {
        try await RedemptionFixture.with { fixture in
            try await fixture.publishProgramme()
            let unknown = Papers()
            let id = try await fixture.send(
                try withSeenVersion(nil, try fixture.stored(unknown)), unknown, .institution, at: beijing("2026-05-15"))
            #expect(try await fixture.peer.answer(to: id).refusal?.clauses.first == "QUAN-07")
        }
    }

    @Test(
        "BJ26-40: while accepted commands may be missing because the log was lost, no deadline is decided; republished papers win",
        .timeLimit(.minutes(2)))
    func lostCommands() async throws {
        try await RedemptionFixture.with { fixture in
            try await fixture.publishProgramme()
            // In different partitions, because a waiting message blocks its partition.
            let first = Papers()
            let second = try #require((0..<100).lazy.map { _ in Papers() }.first { partition(of: $0) != partition(of: first) })
            for papers in [first, second] { try await fixture.open(papers) }
            fixture.peer.hasPortal.withLock { $0 = false }
            let (timer, due) = try await fixture.scheduled("silence", first)
            let keys = [first, second].map { $0.orderID.lowercased }
            try await fixture.service.pool.markCommandsMissing(of: "portal", to: "redemption", keys: keys)
            // The first deadline was sent as a command before the loss was known, the second timer fires only now.
            _ = try await fixture.peer.send(
                LapseRedemption(orderID: first.orderID, deadline: "silence", timer: timer.name, dueAt: due), by: "redemption",
                key: first.orderID.lowercased, at: due)
            try await fixture.fire("silence", second, at: due)
            try await eventually("the command is deferred and the timer event waits") {
                let again = try await fixture.service.number("select count(*) from audit where type = '\(LapseRedemption.type)'")
                return again > 1 && fixture.problems.contains { $0.contains("the log was lost") }
            }
            try await eventually("the command is a deferred message") {
                try await fixture.service.number("select count(*) from outbox_deferred") == 1
            }
            for (number, papers) in [first, second].enumerated() {
                #expect(try await fixture.state(papers) == "awaiting")
                let id = try await fixture.apply(numbered(papers, number), at: due.addingTimeInterval(-1))
                #expect(try await fixture.peer.answer(to: id).refusal == nil)
            }
            try await fixture.service.pool.markCommandsResent(of: "portal")
            try await eventually("nothing waits") { fixture.problems.isEmpty }
            try await eventually("both deadlines have been handled") {
                try await fixture.service.number("select count(*) from audit where type = '\(LapseRedemption.type)'") > 2
            }
            for papers in [first, second] { #expect(try await fixture.state(papers) == "in-review") }
            #expect(fixture.settlements(first).isEmpty && fixture.settlements(second).isEmpty)
        }
    }

    /// The fixture has four partitions.
    private func partition(of papers: Papers) -> Int32 { Shard.partition(of: Shard.of(papers.orderID.lowercased), partitions: 4) }

    /// The papers with a different invoice number.
    private func numbered(_ papers: Papers, _ number: Int) -> Papers {
        var own = papers
        own.invoices[0].number = "2611200000000000010\(number)"
        return own
    }

    private func withSeenVersion(_ version: Int64?, _ command: ApplyRedemption) throws -> ApplyRedemption {
        ApplyRedemption(orderID: command.orderID, papers: command.papers, facts: command.facts, knownOrderVersion: version)
    }
}
