import Foundation
import Kernel
import Messages
import Messaging
import TestKit
import Testing

/// Each case is tested under version 1, the original programme, and under version 2, with the rule changed.
@Suite("Appeals, through the service", .serialized)
struct AppealClauseTests {
    private static let changes = [
        (
            "  - {id: appeal-evidence, zh: 申诉证明材料, en: Evidence for the appeal, by: enterprise, at: [registration.appeal], clauses: [BJ26-26]}\n",
            ""
        ),
        ("command: uphold-appeal, by: [officer]", "command: uphold-appeal, by: [officer, reviewer]"),
    ]

    private func refused(_ fixture: IdentityFixture, on day: String) async throws -> UUID {
        let id = UUID()
        let enterprise = try await fixture.register(try Enterprises.registration(id, division: "120101"), on: day)
        #expect(enterprise.state == "not-entitled")
        return id
    }

    private func appeal(_ id: UUID, evidence: [String] = []) -> AppealEntitlement {
        AppealEntitlement(enterpriseID: id, programmeID: Programmes.id, reason: "注册地已迁入北京", evidence: evidence)
    }

    private func decision(_ id: UUID, _ isGranted: Bool = true) -> DecideAppeal {
        DecideAppeal(enterpriseID: id, programmeID: Programmes.id, isGranted: isGranted, reason: "执照已核对")
    }

    @Test("BJ26-26: an appeal needs evidence and an officer decides; under the changed rule it needs none and a reviewer may decide")
    func appeals() async throws {
        try await IdentityFixture.with { fixture in
            try await fixture.publish(try Programmes.published())
            try await fixture.publish(try Programmes.published(version: 2, from: "2026-06-01", changes: Self.changes))
            let evidence = [ContentHash(of: Array("执照".utf8)).hexadecimal]

            let one = try await refused(fixture, on: "2026-05-20")
            let bare = try await fixture.ask(appeal(one), for: one, on: "2026-05-21")
            #expect(bare.refusal?.clauses == ["BJ26-26"])
            #expect(try await fixture.ask(appeal(one, evidence: evidence), for: one, on: "2026-05-21").enterprise().state == "appealed")
            let own = try await fixture.ask(decision(one), for: one, on: "2026-05-22")
            #expect(own.refusal?.clauses == ["QUAN-10", "BJ26-26"])
            let reviewer = try await fixture.ask(decision(one), for: UUID(), as: "reviewer", on: "2026-05-22")
            #expect(reviewer.refusal?.clauses == ["QUAN-10", "BJ26-26"])
            let granted = try await fixture.ask(decision(one), for: IdentityFixture.bureau, as: "officer", on: "2026-05-22").enterprise()
            #expect(granted.state == "entitled" && granted.quotaFen == Fen(20_000_000) && granted.appeal?.decision?.isGranted == true)

            let other = try await refused(fixture, on: "2026-06-10")
            #expect(try await fixture.ask(appeal(other), for: other, on: "2026-06-11").enterprise().state == "appealed")
            let byReviewer = try await fixture.ask(decision(other), for: UUID(), as: "reviewer", on: "2026-06-12")
            #expect(try byReviewer.enterprise().state == "entitled")
        }
    }

    @Test("BJ26-26: a rejected appeal keeps the refusals; appeals for another enterprise or without a refusal are refused")
    func rejected() async throws {
        try await IdentityFixture.with { fixture in
            try await fixture.publish(try Programmes.published())
            let evidence = [ContentHash(of: Array("执照".utf8)).hexadecimal]
            let id = try await refused(fixture, on: "2026-05-20")
            let stranger = try await fixture.ask(appeal(id, evidence: evidence), for: UUID(), on: "2026-05-21")
            #expect(stranger.refusal?.clauses == ["QUAN-10"])
            _ = try await fixture.ask(appeal(id, evidence: evidence), for: id, on: "2026-05-21")
            let rejected = try await fixture.ask(decision(id, false), for: IdentityFixture.bureau, as: "officer", on: "2026-05-22")
                .enterprise()
            #expect(rejected.state == "not-entitled" && rejected.refusals.map(\.slug) == ["not-registered-in-beijing"])

            let entitled = try await fixture.register(try Enterprises.registration(), on: "2026-05-20")
            let idle = try await fixture.ask(
                appeal(entitled.enterpriseID, evidence: evidence), for: entitled.enterpriseID, on: "2026-05-21")
            #expect(idle.refusal?.clauses == ["QUAN-15", "BJ26-26"])
            let unregistered = UUID()
            #expect(try await fixture.ask(appeal(unregistered), for: unregistered, on: "2026-05-21").refusal?.clauses == ["QUAN-07"])
        }
    }
}
