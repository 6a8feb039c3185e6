import Access
import Foundation
import Kernel
import Messages
import TestKit
import Testing

@testable import Catalogue

@Suite("Offices of the catalogue's programmes")
struct OfficeTests {
    private static let second = UUID()

    @Test("QUAN-10: the first bureau that registers an institution becomes the programme's office; a second bureau is refused")
    func secondBureau() async throws {
        try await CatalogueFixture.with { fixture in
            _ = try await fixture.publish(try Samples.files())
            // A refused command appoints no office.
            #expect(try await fixture.ask(Samples.register(code: "x"), of: Self.second).refusal?.clauses == ["QUAN-12"])
            #expect(try await fixture.ask(Samples.register()).refusal == nil)
            let refused = try await fixture.ask(Samples.list(), of: Self.second).refusal
            #expect(refused?.clauses == ["QUAN-10"])
            #expect(
                try await fixture.ask(Samples.register(UUID(), code: Samples.creditCode(2)), of: Self.second).refusal?.clauses == [
                    "QUAN-10"
                ])
            #expect(try await fixture.ask(Samples.list()).refusal == nil)
            let appointed = try await fixture.recordedMessages(OfficeAppointed.self, 1)
            #expect(
                appointed == [OfficeAppointed(programmeID: Samples.programmeID, role: "officer", organisation: CatalogueFixture.bureau)])
            #expect(try await fixture.catalogue.number("select count(*) from office") == 1)
        }
    }

    @Test("QUAN-10: where the setting lists offices, other organisations are refused and none is appointed")
    func listed() async throws {
        let office = Office(programmeID: Samples.programmeID, role: "officer", organisation: Self.second)
        try await CatalogueFixture.with(offices: .listed([office])) { fixture in
            _ = try await fixture.publish(try Samples.files())
            #expect(try await fixture.ask(Samples.register()).refusal?.clauses == ["QUAN-10"])
            #expect(try await fixture.ask(Samples.register(), of: Self.second).refusal == nil)
            #expect(try await fixture.catalogue.number("select count(*) from office") == 0)
        }
    }

    @Test("QUAN-10: the portal cannot appoint an office")
    func notAsked() async throws {
        try await CatalogueFixture.with { fixture in
            _ = try await fixture.publish(try Samples.files())
            let ask = AppointOffice(programmeID: Samples.programmeID, role: "officer", organisation: Self.second)
            #expect(try await fixture.ask(ask).refusal?.clauses == ["QUAN-10"])
            #expect(try await fixture.catalogue.number("select count(*) from office") == 0)
        }
    }
}
