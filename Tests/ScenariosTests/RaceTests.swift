import Foundation
import Kernel
import Procedures
import Programme
import QuotaLedger
import Testing

@testable import Scenarios

/// Steps that use up the same state of a case, sent at once to several hosts. Every order of messages has exactly one winner.
@Suite("Races between hosts")
struct RaceTests {
    private static func scenario(_ id: String, _ text: String) throws -> Scenario {
        let folder = FileManager.default.temporaryDirectory.appending(path: "race-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let cast = Repository.root.appending(path: "Tests/Scenarios/\(id)/cast.yaml")
        try FileManager.default.copyItem(at: cast, to: folder.appending(path: "cast.yaml"))
        try text.write(to: folder.appending(path: "race.yaml"), atomically: true, encoding: .utf8)
        return try #require(try ScenarioBook.read(folder: folder, programme: try Repository.programme(id)).scenarios.first)
    }

    @Test("GZ20-42, GZ20-20: of handing a voucher back and redeeming it, one wins in each of 1,000 orders of messages, and both can win")
    func handBack() async throws {
        let scenario = try Self.scenario(
            "guangzhou-2020",
            """
            - scenario: A hand-back races a redemption
              clauses: [GZ20-42]
              given: [announced, registered, listed, batch, claimed, granted, placed, accepted, contracted, paid, received]
              when:
                - {take: order.ask-hand-back, by: chen, case: o1, reason: 服务取消}
                - {take: redemption.apply, by: chen, case: s1, of: o1, input: redemption}
            """)
        let programme = try Repository.programme("guangzhou-2020")
        let prepared = ScenarioPlayer.platform(after: scenario, under: programme)
        let order = ScenarioPlayer.id("case", "o1")
        #expect(prepared.subject(order)?.state == "received")
        var winners: Set<[Bool]> = []
        for seed in 0..<1000 as Range<UInt64> {
            await Task.yield()
            let (platform, succeeded) = ScenarioPlayer.race(scenario, from: prepared, seed: seed)
            winners.insert(succeeded)
            let redemption = platform.subject(ScenarioPlayer.id("case", "s1"))
            let state = platform.subject(order)?.state
            #expect(platform.pendingCount == 0, "seed \(seed)")
            #expect(
                succeeded == [true, false] ? state == "hand-back-asked" && redemption == nil : redemption?.state == "in-review",
                "seed \(seed): \(succeeded), order \(state ?? "-"), redemption \(redemption?.state ?? "-")")
        }
        #expect(winners == [[true, false], [false, true]])
    }

    @Test("BJ24-22, BJ24-26: of a redemption in the last second and the end of validity, one wins in each of 1,000 orders of messages")
    func handIn() async throws {
        let scenario = try Self.scenario(
            "beijing-2024",
            """
            - scenario: The end of validity races a redemption
              clauses: [BJ24-22]
              given: [listed, entitled, placed, accepted, ready, contracted, effective, completed, rated]
              when:
                - {take: redemption.apply, by: chen, case: r1, of: o1, input: papers}
            """)
        let programme = try Repository.programme("beijing-2024")
        var prepared = ScenarioPlayer.platform(after: scenario, under: programme)
        let order = ScenarioPlayer.id("case", "o1")
        let due = try #require(prepared.running(order).first { $0.rule.id == "validity" }?.at)
        prepared.advance(to: due.addingTimeInterval(-1))
        #expect(prepared.subject(order)?.state == "rated")
        var states: Set<String> = []
        for seed in 0..<1000 as Range<UInt64> {
            await Task.yield()
            let (platform, succeeded) = ScenarioPlayer.race(scenario, from: prepared, seed: seed, lapse: (order, due))
            let state = try #require(platform.subject(order)?.state)
            states.insert(state)
            #expect(platform.pendingCount == 0, "seed \(seed)")
            let redemption = platform.subject(ScenarioPlayer.id("case", "r1"))
            // Received before the deadline, the redemption wins unless the lapse is recorded already.
            #expect(succeeded == [state == "handed-in"] && (redemption == nil) == (state == "lapsed"), "seed \(seed): \(state)")
            let held = platform.ledger.hold(of: order).reservations.contains { $0.pending > 0 }
            #expect(held == (state == "handed-in"), "seed \(seed)")
        }
        #expect(states == ["handed-in", "lapsed"])
    }

    @Test("BJ26-40: a waiver is asked of the ledger's host, and nothing is pending afterwards")
    func waiver() async throws {
        let scenario = try Self.scenario(
            "beijing-2026",
            """
            - scenario: A waiver races a return
              clauses: [BJ26-40]
              given: [listed, entitled, placed, accepted, contracted, applied]
              when:
                - {take: redemption.waive, by: chen, case: o1/redemption, papers: [waiver-statement]}
                - {take: redemption.return, by: reviewer, case: o1/redemption, reason: 补正}
            """)
        let prepared = ScenarioPlayer.platform(after: scenario, under: try Repository.programme("beijing-2026"))
        let order = ScenarioPlayer.id("case", "o1")
        #expect(prepared.ledger.hold(of: order).isPending)
        for seed in 0..<100 as Range<UInt64> {
            await Task.yield()
            let (platform, succeeded) = ScenarioPlayer.race(scenario, from: prepared, seed: seed)
            // One lane under one key: the first sent is decided first.
            #expect(succeeded == [true, false] && platform.pendingCount == 0, "seed \(seed)")
            #expect(!platform.ledger.hold(of: order).isPending, "seed \(seed)")
        }
    }
}
