import Foundation
import Kernel
import Messages
import Messaging
import TestKit
import Testing

/// Each case goes through the service twice: under version 1, the programme as it is, and under version 2, with the rule altered.
@Suite("Appeals, through the service", .serialized)
struct AppealClauseTests {
    private static let changes = [
        (
            "  - {id: appeal-evidence, zh: 申诉证明材料, en: Evidence for the appeal, by: enterprise, at: [registration.appeal], clauses: [BJ26-26]}\n",
            ""
        ),
        ("command: uphold-appeal, by: [officer]", "command: uphold-appeal, by: [officer, reviewer]"),
    ]

    private func refused(_ stage: IdentityStage, on day: String) async throws -> UUID {
        let id = UUID()
        let enterprise = try await stage.register(try Enterprises.registration(id, division: "120101"), on: day)
        #expect(enterprise.state == "not-entitled")
        return id
    }

    private func appeal(_ id: UUID, evidence: [String] = []) -> AppealEntitlement {
        AppealEntitlement(enterpriseID: id, programmeID: Programmes.id, reason: "注册地已迁入北京", evidence: evidence)
    }

    private func decision(_ id: UUID, _ isGranted: Bool = true) -> DecideAppeal {
        DecideAppeal(enterpriseID: id, programmeID: Programmes.id, isGranted: isGranted, reason: "执照已核对")
    }

    @Test("BJ26-26: an enterprise appeals with evidence and an officer decides; under the altered rule without, and a reviewer may")
    func appeals() async throws {
        try await IdentityStage.with { stage in
            try await stage.publish(try Programmes.published())
            try await stage.publish(try Programmes.published(version: 2, from: "2026-06-01", changes: Self.changes))
            let evidence = [ContentHash(of: Array("执照".utf8)).hexadecimal]

            let one = try await refused(stage, on: "2026-05-20")
            let bare = try await stage.ask(appeal(one), for: one, on: "2026-05-21")
            #expect(bare.refusal?.clauses == ["BJ26-26"])
            #expect(try await stage.ask(appeal(one, evidence: evidence), for: one, on: "2026-05-21").enterprise().state == "appealed")
            let own = try await stage.ask(decision(one), for: one, on: "2026-05-22")
            #expect(own.refusal?.clauses == ["QUAN-10", "BJ26-26"])
            let reviewer = try await stage.ask(decision(one), for: UUID(), as: "reviewer", on: "2026-05-22")
            #expect(reviewer.refusal?.clauses == ["QUAN-10", "BJ26-26"])
            let granted = try await stage.ask(decision(one), for: IdentityStage.bureau, as: "officer", on: "2026-05-22").enterprise()
            #expect(granted.state == "entitled" && granted.quotaFen == Fen(20_000_000) && granted.appeal?.decision?.isGranted == true)

            let other = try await refused(stage, on: "2026-06-10")
            #expect(try await stage.ask(appeal(other), for: other, on: "2026-06-11").enterprise().state == "appealed")
            let bold = try await stage.ask(decision(other), for: UUID(), as: "reviewer", on: "2026-06-12")
            #expect(try bold.enterprise().state == "entitled")
        }
    }

    @Test("BJ26-26: a rejected appeal leaves it refused for the reasons it had; nobody appeals for another, nor where nothing was refused")
    func rejected() async throws {
        try await IdentityStage.with { stage in
            try await stage.publish(try Programmes.published())
            let evidence = [ContentHash(of: Array("执照".utf8)).hexadecimal]
            let id = try await refused(stage, on: "2026-05-20")
            let stranger = try await stage.ask(appeal(id, evidence: evidence), for: UUID(), on: "2026-05-21")
            #expect(stranger.refusal?.clauses == ["QUAN-10"])
            _ = try await stage.ask(appeal(id, evidence: evidence), for: id, on: "2026-05-21")
            let rejected = try await stage.ask(decision(id, false), for: IdentityStage.bureau, as: "officer", on: "2026-05-22").enterprise()
            #expect(rejected.state == "not-entitled" && rejected.refusals.map(\.slug) == ["not-registered-in-beijing"])

            let entitled = try await stage.register(try Enterprises.registration(), on: "2026-05-20")
            let idle = try await stage.ask(appeal(entitled.enterpriseID, evidence: evidence), for: entitled.enterpriseID, on: "2026-05-21")
            #expect(idle.refusal?.clauses == ["QUAN-15", "BJ26-26"])
            let nobody = UUID()
            #expect(try await stage.ask(appeal(nobody), for: nobody, on: "2026-05-21").refusal?.clauses == ["QUAN-07"])
        }
    }
}
