import Foundation
import Messages
import Messaging
import TestKit
import Testing

@testable import Operations

@Suite("Services stopped over a deadline", .serialized)
struct StopTests {
    private static let rehearsal = ["--rehearsal", "--at", "2026-04-01T01:00:00Z"]
    /// After the deadline of orders placed on the first day, and before any other deadline.
    private static let after = Date(timeIntervalSince1970: 1_776_000_000)

    @Test(
        "BJ26-30: ordering is stopped over a deadline, then all services are killed: an acceptance in time counts, other orders expire"
    )
    func killedTogether() async throws {
        try await TestInstallation.with(Self.rehearsal) { installation in
            let participants = try await TestParticipants(installation)
            let (accepted, left) = (try await participants.place(), try await participants.place())
            for order in [accepted, left] { try await participants.institution.wait(for: order, toBe: "placed") }

            // A stopped process handles nothing and is not restarted.
            kill(try installation.pid(of: "ordering"), SIGSTOP)
            let pending = try await participants.institution.postOnce("/orders/\(accepted)/accept")
            #expect(pending.status == 202, "\(pending.answer)")
            try await Self.passDeadline(installation)

            try await installation.killServices(PlatformService.all.map(\.name))
            try await Self.outcome(installation, participants.enterprise, accepted: accepted, left: left)
        }
    }

    /// Advances the clock past the deadline like `quan clock advance`, but does not wait for services that do not answer.
    private static func passDeadline(_ installation: TestInstallation) async throws {
        let platform = Installation(record: installation.record)
        try await platform.linked { link in
            try await eventually("the timers have fired", within: .seconds(180)) {
                let answer = try await link.ask(AdvanceClock(to: after), key: "clock", within: .seconds(30)).orThrow()
                    .answer(AdvanceClock.Answer.self)
                return answer.isThere && answer.timersDue == 0
            }
        }
    }

    private static func outcome(_ installation: TestInstallation, _ buyer: Caller, accepted: String, left: String) async throws {
        var states: [String?] = []
        // A killed portal is restarted after a moment.
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

    @Test("BJ26-30: the same after the whole installation is killed, the deadline passes without ordering, and it is restarted")
    func wholeStop() async throws {
        let state = "/tmp/quan-stop-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: state) }
        var orders: [String] = []
        var organisations: [UUID] = []
        try await TestInstallation.with(Self.rehearsal, state: state) { installation in
            let participants = try await TestParticipants(installation)
            organisations = participants.organisations
            orders = [try await participants.place(), try await participants.place()]
            for order in orders { try await participants.institution.wait(for: order, toBe: "placed") }
            try await installation.killAll()
        }
        try await TestInstallation.with(Self.rehearsal + ["--services", "identity,portal,timer"], state: state) { installation in
            let seller = try await Caller(installation, organisations[0], "institution")
            let pending = try await seller.postOnce("/orders/\(orders[0])/accept")
            #expect(pending.status == 202, "\(pending.answer)")
            try await Self.passDeadline(installation)
            try await installation.killAll()
        }
        try await TestInstallation.with(Self.rehearsal, state: state) { installation in
            let buyer = try await Caller(installation, organisations[1], "enterprise")
            try await Self.outcome(installation, buyer, accepted: orders[0], left: orders[1])
        }
    }
}
