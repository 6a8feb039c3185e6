import Foundation
import Kernel
import Messages
import Messaging
import StrictJSON
import TestKit
import Testing

/// Each case is tested under version 1, the original programme, and under version 2, with the rule changed.
@Suite("Entitlement, through the service", .serialized)
struct EntitlementClauseTests {
    private static let original = "2026-05-20"
    private static let altered = "2026-06-10"

    private static let changes = [
        (#"divisions: ["110000"]"#, #"divisions: ["110000", "440100"]"#),
        ("values: [micro, small, medium]", "values: [micro, small, medium, large]"),
        (
            "field: enterprise.isLegalPerson\n    value: true\n    at: [registration.entitle]",
            "field: enterprise.isLegalPerson\n    value: true\n    at: [order.confirm-credit]"
        ),
        (#"allowed: ["91"]"#, #"allowed: ["91", "52"]"#),
        ("command: certify-enterprise, by: [enterprise]", "command: certify-enterprise, by: [enterprise, institution]"),
    ]

    @Test(
        "BJ26-01, BJ26-44, BJ26-58: an enterprise that fails a rule gets no quota and the clause; under the changed rule it gets the quota")
    func clauses() async throws {
        try await IdentityFixture.with { fixture in
            try await fixture.publish(try Programmes.published())
            try await fixture.publish(try Programmes.published(version: 2, from: "2026-06-01", changes: Self.changes))
            let cases: [(clause: String, command: () throws -> RegisterEnterprise)] = [
                ("BJ26-01", { try Enterprises.registration(division: "440106") }),
                ("BJ26-01", { try Enterprises.registration(employees: 400, revenueYuan: 200_000_000) }),
                ("BJ26-44", { try Enterprises.registration(isLegalPerson: false) }),
                ("BJ26-44", { try Enterprises.registration(kind: "52") }),
            ]
            for (clause, command) in cases {
                let refused = try await fixture.register(try command(), on: Self.original)
                #expect(refused.state == "not-entitled" && refused.quotaFen == nil && refused.programmeVersion == 1)
                #expect(refused.refusals.map(\.clauses) == [[clause]])
                let entitled = try await fixture.register(try command(), on: Self.altered)
                #expect(entitled.state == "entitled" && entitled.quotaFen == Fen(20_000_000) && entitled.programmeVersion == 2)
            }
            try await certification(fixture)
        }
    }

    private func certification(_ fixture: IdentityFixture) async throws {
        let (one, other) = (UUID(), UUID())
        let refused = try await fixture.ask(try Enterprises.registration(one), for: one, as: "institution", on: Self.original)
        #expect(refused.refusal?.clauses == ["QUAN-10", "BJ26-58"])
        let allowed = try await fixture.ask(
            try Enterprises.registration(other), for: other, as: "institution", on: Self.altered)
        #expect(try allowed.enterprise().state == "entitled")
    }

    @Test("BJ26-01: a Beijing SME is entitled at once, and the published event equals the answer")
    func entitled() async throws {
        try await IdentityFixture.with { fixture in
            try await fixture.publish(try Programmes.published())
            let id = UUID()
            let enterprise = try await fixture.register(try Enterprises.registration(id), on: Self.original)
            #expect(enterprise.state == "entitled" && enterprise.tier == "every-sme" && enterprise.sizeClass == "small")
            try await eventually("the event is recorded") {
                try await fixture.portal.recordedMessages(EnterpriseChanged.self, key: id.lowercased) == [enterprise]
            }
            let again = try await fixture.ask(try Enterprises.registration(id), for: id, on: "2026-05-21")
            #expect(again.refusal?.clauses == ["QUAN-15", "BJ26-58"])
        }
    }

    @Test(
        "BJ26-25: an enterprise is entitled when the window opens, without a claim; under an earlier opening at once")
    func opening() async throws {
        try await IdentityFixture.with { fixture in
            try await fixture.publish(try Programmes.published())
            try await fixture.publish(
                try Programmes.published(
                    version: 2, from: "2026-03-10", changes: [("value: 2026-03-30\n", "value: 2026-03-12\n")]))
            let id = UUID()
            let waiting = try await fixture.register(try Enterprises.registration(id), on: "2026-03-01")
            #expect(waiting.state == "certified" && waiting.refusals.first?.clauses.contains("BJ26-25") == true)
            try await eventually("the timer is scheduled") {
                try await fixture.timer.recordedMessages(ScheduleTimer.self, key: id.lowercased).count == 1
            }
            let timer = try #require(try await fixture.timer.recordedMessages(ScheduleTimer.self, key: id.lowercased).first)
            let opens = BeijingTime.startOfDay(try CalendarDate("2026-03-30"))
            #expect(timer.owner == "identity" && timer.due == .at(opens))

            try await fixture.fire(timer, at: opens)
            try await eventually("the enterprise is entitled") {
                try await fixture.portal.recordedMessages(EnterpriseChanged.self, key: id.lowercased).map(\.state) == [
                    "certified", "entitled",
                ]
            }
            let early = try await fixture.register(try Enterprises.registration(), on: "2026-03-13")
            #expect(early.state == "entitled" && early.programmeVersion == 2)
        }
    }

    @Test("a timer that fires again, or belongs to another owner or enterprise, changes nothing")
    func idleTimers() async throws {
        try await IdentityFixture.with { fixture in
            try await fixture.publish(try Programmes.published())
            let id = UUID()
            _ = try await fixture.register(try Enterprises.registration(id), on: Self.original)
            for (owner, name) in [
                ("identity", "registration/\(id.lowercased)/\(Programmes.id)/opening"), ("identity", "registration/x"),
                ("ordering", "registration/\(id.lowercased)/\(Programmes.id)/opening"),
                ("identity", "registration/\(UUID().lowercased)/\(Programmes.id)/opening"),
            ] {
                let due = try instant(Self.original)
                try await fixture.fire(
                    ScheduleTimer(owner: owner, name: name, subject: id.lowercased, purpose: "registration.entitle", due: .at(due)), at: due
                )
            }
            _ = try await fixture.register(try Enterprises.registration(), on: Self.original)
            #expect(try await fixture.identity.number("select count(*) from parked") == 0)
            #expect(try await fixture.portal.recordedMessages(EnterpriseChanged.self, key: id.lowercased).count <= 1)
        }
    }
}

extension IdentityFixture {
    /// Publishes that a timer has fired.
    func fire(_ timer: ScheduleTimer, at due: Date) async throws {
        let fired = TimerFired(owner: timer.owner, name: timer.name, subject: timer.subject, purpose: timer.purpose, dueAt: due)
        try await self.timer.runtime.publisher.transaction("fire", at: due) { _, output in try output.publish(fired, key: timer.subject) }
    }
}
