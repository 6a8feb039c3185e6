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

    @Test("QUAN-10: the first bureau that registers an institution is the programme's office; a second one is refused and changes nothing")
    func secondBureau() async throws {
        try await CatalogueStage.with { stage in
            _ = try await stage.publish(try Samples.files())
            // What is refused appoints nobody.
            #expect(try await stage.ask(Samples.register(code: "x"), of: Self.second).refusal?.clauses == ["QUAN-12"])
            #expect(try await stage.ask(Samples.register()).refusal == nil)
            let refused = try await stage.ask(Samples.list(), of: Self.second).refusal
            #expect(refused?.clauses == ["QUAN-10"])
            #expect(
                try await stage.ask(Samples.register(UUID(), code: Samples.creditCode(2)), of: Self.second).refusal?.clauses == ["QUAN-10"])
            #expect(try await stage.ask(Samples.list()).refusal == nil)
            let told = try await stage.heard(OfficeAppointed.self, 1)
            #expect(told == [OfficeAppointed(programmeID: Samples.programmeID, role: "officer", organisation: CatalogueStage.bureau)])
            #expect(try await stage.catalogue.number("select count(*) from office") == 1)
        }
    }

    @Test("QUAN-10: where the setting lists offices nobody else acts, and nobody becomes one")
    func listed() async throws {
        let office = Office(programmeID: Samples.programmeID, role: "officer", organisation: Self.second)
        try await CatalogueStage.with(offices: .listed([office])) { stage in
            _ = try await stage.publish(try Samples.files())
            #expect(try await stage.ask(Samples.register()).refusal?.clauses == ["QUAN-10"])
            #expect(try await stage.ask(Samples.register(), of: Self.second).refusal == nil)
            #expect(try await stage.catalogue.number("select count(*) from office") == 0)
        }
    }

    @Test("QUAN-10: the portal cannot make anybody an office")
    func notAsked() async throws {
        try await CatalogueStage.with { stage in
            _ = try await stage.publish(try Samples.files())
            let ask = AppointOffice(programmeID: Samples.programmeID, role: "officer", organisation: Self.second)
            #expect(try await stage.ask(ask).refusal?.clauses == ["QUAN-10"])
            #expect(try await stage.catalogue.number("select count(*) from office") == 0)
        }
    }
}
