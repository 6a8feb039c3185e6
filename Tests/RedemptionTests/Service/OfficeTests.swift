import Foundation
import Kernel
import Messages
import TestKit
import Testing

@testable import Redemption

@Suite("Offices of a redemption's programme", .serialized)
struct OfficeTests {
    @Test("QUAN-10: the first reviewing agency becomes the programme's office; other agencies and bureaus cannot decide")
    func secondAgency() async throws {
        try await RedemptionFixture.with { fixture in
            try await fixture.publishProgramme()
            let papers = Papers()
            try await fixture.open(papers)
            #expect(try await fixture.peer.answer(to: fixture.apply(papers, at: beijing("2026-05-15"))).refusal == nil)
            let bureau = OfficeAppointed(programmeID: "beijing-2026", role: "officer", organisation: fixture.bureau)
            try await fixture.peer.publish(bureau, by: "catalogue", key: "beijing-2026/officer", at: beijing("2026-05-15"))
            try await eventually("the bureau's appointment has arrived") {
                try await fixture.service.number("select count(*) from office") == 1
            }
            try await fixture.decide(.determine, papers, .reviewer, reason: "材料齐全", at: beijing("2026-05-20"))
            let asked = try await appointmentRequest(fixture)
            #expect(asked == AppointOffice(programmeID: "beijing-2026", role: "reviewer", organisation: fixture.agency))
            // Other organisations with the same roles are refused in any state.
            for (role, organisation) in [
                ("reviewer", UUID()), ("officer", UUID()), ("officer", fixture.agency), ("reviewer", fixture.bureau),
            ] {
                let decide = DecideRedemption(orderID: papers.orderID, decision: role == "officer" ? .decide : .return, reason: "x")
                let id = try await fixture.send(decide, papers, as: role, of: organisation, at: beijing("2026-05-21"))
                #expect(try await fixture.peer.answer(to: id).refusal?.clauses.first == "QUAN-10", "\(role)")
            }
            try await fixture.decide(.decide, papers, .officer, at: beijing("2026-05-21"))
            #expect(try await fixture.state(papers) == "decided")
        }
    }

    private func appointmentRequest(_ fixture: RedemptionFixture) async throws -> AppointOffice? {
        try await eventually("the appointment is requested from the catalogue") {
            !fixture.peer.all(AppointOffice.self, on: "catalogue.commands").isEmpty
        }
        return fixture.peer.all(AppointOffice.self, on: "catalogue.commands").first
    }
}
