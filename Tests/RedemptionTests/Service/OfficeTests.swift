import Foundation
import Kernel
import Messages
import TestKit
import Testing

@testable import Redemption

@Suite("Offices of a redemption's programme", .serialized)
struct OfficeTests {
    @Test("QUAN-10: the first agency that reviews is the programme's; another one, and a bureau that is not its office, decide nothing")
    func secondAgency() async throws {
        try await Play.with { play in
            try await play.tellProgramme()
            let papers = Papers()
            try await play.open(papers)
            #expect(try await play.post.answer(to: play.apply(papers, at: beijing("2026-05-15"))).refusal == nil)
            let bureau = OfficeAppointed(programmeID: "beijing-2026", role: "officer", organisation: play.bureau)
            try await play.post.tell(bureau, by: "catalogue", key: "beijing-2026/officer", at: beijing("2026-05-15"))
            try await eventually("the bureau is known") { try await play.service.number("select count(*) from office") == 1 }
            try await play.decide(.determine, papers, .reviewer, reason: "材料齐全", at: beijing("2026-05-20"))
            let asked = try await eventuallyAsked(play)
            #expect(asked == AppointOffice(programmeID: "beijing-2026", role: "reviewer", organisation: play.agency))
            // Others of the same roles: refused, whatever the state is.
            for (role, organisation) in [("reviewer", UUID()), ("officer", UUID()), ("officer", play.agency), ("reviewer", play.bureau)] {
                let decide = DecideRedemption(orderID: papers.orderID, decision: role == "officer" ? .decide : .return, reason: "x")
                let id = try await play.send(decide, papers, as: role, of: organisation, at: beijing("2026-05-21"))
                #expect(try await play.post.answer(to: id).refusal?.clauses.first == "QUAN-10", "\(role)")
            }
            try await play.decide(.decide, papers, .officer, at: beijing("2026-05-21"))
            #expect(try await play.state(papers) == "decided")
        }
    }

    private func eventuallyAsked(_ play: Play) async throws -> AppointOffice? {
        try await eventually("the catalogue is asked") { !play.post.all(AppointOffice.self, on: "catalogue.commands").isEmpty }
        return play.post.all(AppointOffice.self, on: "catalogue.commands").first
    }
}
