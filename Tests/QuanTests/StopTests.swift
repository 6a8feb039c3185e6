import Foundation
import Messages
import Messaging
import TestKit
import Testing

@testable import quan

@Suite("A stop over a deadline", .serialized)
struct StopTests {
    private static let rehearsal = ["--rehearsal", "--at", "2026-04-01T01:00:00Z"]
    /// After the deadline of what was ordered on the first day, and before any other.
    private static let after = Date(timeIntervalSince1970: 1_776_000_000)

    @Test("BJ26-30: ordering dead over a deadline, then every service killed at once: an accept promised in time wins, the rest expires")
    func killedTogether() async throws {
        try await TestInstallation.with(Self.rehearsal) { installation in
            let players = try await Players(installation)
            let (accepted, left) = (try await players.place(), try await players.place())
            for order in [accepted, left] { try await players.institution.waits(for: order, toBe: "placed") }

            // Stopped, it does nothing, and nobody starts another in its place.
            kill(try installation.pid(of: "ordering"), SIGSTOP)
            let promise = try await players.institution.ask("/orders/\(accepted)/accept")
            #expect(promise.status == 202, "\(promise.answer)")
            try await Self.passDeadline(installation)

            try await installation.kills(PlatformService.all.map(\.name))
            try await Self.outcome(installation, players.enterprise, accepted: accepted, left: left)
        }
    }

    /// Moves the clock past the deadline as `quan clock advance` does, but waits for nobody who does not answer.
    private static func passDeadline(_ installation: TestInstallation) async throws {
        let platform = Installation(record: installation.record)
        try await platform.linked { link in
            try await eventually("the timers have fired", within: .seconds(180)) {
                let answer = try await link.ask(AdvanceClock(to: after), key: "clock", within: .seconds(30)).orComplain()
                    .answer(AdvanceClock.Answer.self)
                return answer.isThere && answer.timersDue == 0
            }
        }
    }

    private static func outcome(_ installation: TestInstallation, _ buyer: Caller, accepted: String, left: String) async throws {
        var states: [String?] = []
        // A portal that was killed is back a moment later.
        try await eventually("both are decided", within: .seconds(180)) {
            states = []
            for order in [accepted, left] { states.append((try? await buyer.get("/orders/\(order)"))?["state"] as? String) }
            return !states.contains("placed") && !states.contains(nil)
        }
        #expect(states == ["accepted", "expired"])
        let ledger = try await installation.quan("ledger", "check")
        #expect(ledger.status == 0 && ledger.output.contains("no violations"), "\(ledger.output) \(ledger.errors)")
        let audit = try await installation.quan("audit", "verify")
        #expect(audit.status == 0 && !audit.output.contains("BROKEN"), "\(audit.output) \(audit.errors)")
    }

    @Test("BJ26-30: the whole installation killed, the deadline passing without ordering, and started again on what it kept: the same")
    func wholeStop() async throws {
        let state = "/tmp/quan-stop-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: state) }
        var orders: [String] = []
        var organisations: [UUID] = []
        try await TestInstallation.with(Self.rehearsal, state: state) { installation in
            let players = try await Players(installation)
            organisations = players.organisations
            orders = [try await players.place(), try await players.place()]
            for order in orders { try await players.institution.waits(for: order, toBe: "placed") }
            try await installation.dies()
        }
        try await TestInstallation.with(Self.rehearsal + ["--services", "identity,portal,timer"], state: state) { installation in
            let seller = try await Caller(installation, organisations[0], "institution")
            let promise = try await seller.ask("/orders/\(orders[0])/accept")
            #expect(promise.status == 202, "\(promise.answer)")
            try await Self.passDeadline(installation)
            try await installation.dies()
        }
        try await TestInstallation.with(Self.rehearsal, state: state) { installation in
            let buyer = try await Caller(installation, organisations[1], "enterprise")
            try await Self.outcome(installation, buyer, accepted: orders[0], left: orders[1])
        }
    }
}
