import Foundation
import IdentityDomain
import Kernel
import Messages
import Programme
import Testing

@Suite("Appeals")
struct AppealTests {
    private let id = UUID()
    private let evidence = [ContentHash(of: Array("licence".utf8)).hexadecimal]

    private func refused(under programme: Programme) throws -> Registration {
        try Registering(programme, now: instant("2026-05-20")).register(
            try Enterprises.registration(id, division: "120101"), by: Enterprises.actor(id), current: nil, holder: nil, credit: .unknown)
    }

    private func appeal(
        _ registration: Registration, under programme: Programme, reason: String = "注册地已迁入北京", evidence: [String]? = nil,
        role: String = "enterprise", by organisation: UUID? = nil
    ) throws -> Registration {
        try Registering(programme, now: instant("2026-05-21")).appeal(
            AppealEntitlement(enterpriseID: id, programmeID: programme.id, reason: reason, evidence: evidence ?? self.evidence),
            by: Enterprises.actor(organisation ?? id, role), of: registration)
    }

    private func decide(
        _ isGranted: Bool, _ registration: Registration, under programme: Programme, reason: String = "证明属实", role: String = "officer"
    ) throws -> Registration {
        try Registering(programme, now: instant("2026-05-22")).decide(
            DecideAppeal(enterpriseID: id, programmeID: programme.id, isGranted: isGranted, reason: reason),
            by: Enterprises.actor(UUID(), role), of: registration, credit: .unknown)
    }

    @Test("BJ26-26: a refused enterprise appeals with evidence, and an officer grants or rejects the quota")
    func appealed() throws {
        let programme = try Programmes.beijing()
        let appealed = try appeal(try refused(under: programme), under: programme)
        #expect(appealed.state == "appealed" && appealed.quotaFen == nil && appealed.refusals.count == 1)
        let granted = try decide(true, appealed, under: programme)
        #expect(granted.state == "entitled" && granted.quotaFen == Fen(20_000_000) && granted.refusals.isEmpty)
        #expect(granted.appeal?.decision?.isGranted == true && granted.appeal?.evidence == evidence)
        let rejected = try decide(false, appealed, under: programme)
        #expect(rejected.state == "not-entitled" && rejected.quotaFen == nil && rejected.refusals == appealed.refusals)
        #expect(try appeal(rejected, under: programme).appeal?.decision == nil)
    }

    @Test("BJ26-26: an appeal without evidence is refused; without the clause it is accepted")
    func evidenceAsked() throws {
        let programme = try Programmes.beijing()
        let registration = try refused(under: programme)
        let refusal = #expect(throws: Refusal.self) { try appeal(registration, under: programme, evidence: []) }
        #expect(refusal?.clauses == ["BJ26-26"] && refusal?.slug == "document-appeal-evidence-missing")
        let without = programme.without(clause: "BJ26-26")
        #expect(without.removed == ["documents.appeal-evidence"])
        #expect(try appeal(registration, under: without.programme, evidence: []).state == "appealed")
    }

    @Test("BJ26-26: an enterprise appeals for itself only and cannot decide; the programme defines the deciding role")
    func roles() throws {
        let programme = try Programmes.beijing()
        let registration = try refused(under: programme)
        #expect(throws: Refusal.self) { try appeal(registration, under: programme, by: UUID()) }
        let appealed = try appeal(registration, under: programme)
        let refusal = #expect(throws: Refusal.self) { try decide(true, appealed, under: programme, role: "enterprise") }
        #expect(refusal?.clauses == ["QUAN-10", "BJ26-26"])
        let altered = programme.altering(step: StepReference("registration", "uphold-appeal")) { $0.by = ["reviewer"] }
        #expect(try decide(true, appealed, under: altered, role: "reviewer").state == "entitled")
        #expect(throws: Refusal.self) { try decide(true, appealed, under: altered) }
    }

    @Test("an appeal and its decision need a reason, valid file hashes and the right state")
    func formalities() throws {
        let programme = try Programmes.beijing()
        let registration = try refused(under: programme)
        for (reason, evidence) in [("  ", self.evidence), (String(repeating: "长", count: 2001), self.evidence), ("x", ["no hash"])] {
            let refusal = #expect(throws: Refusal.self) {
                try appeal(registration, under: programme, reason: reason, evidence: evidence)
            }
            #expect(refusal?.clauses == ["QUAN-01"])
        }
        let undecided = #expect(throws: Refusal.self) { try decide(true, registration, under: programme) }
        #expect(undecided?.clauses == ["QUAN-15", "BJ26-26"])
        let appealed = try appeal(registration, under: programme)
        #expect(throws: Refusal.self) { try appeal(appealed, under: programme) }
        #expect(throws: Refusal.self) { try decide(false, appealed, under: programme, reason: "") }
    }
}
