import Foundation
import Kernel
import Messages
import Messaging
import TestKit
import Testing

@Suite("Publishing a programme", .serialized)
struct PublishingTests {
    /// A fault in a programme's file, and part of its message.
    struct Bad: Sendable, CustomTestStringConvertible {
        let name: String
        let old: String
        let new: String
        let message: String
        var testDescription: String { name }
    }

    static let bad = [
        Bad(name: "an unknown key", old: "limitFrom: tier", new: "limitFrmo: tier", message: "has no key \"limitFrmo\""),
        Bad(
            name: "a missing clause", old: "    clauses: [BJ26-43]\n    refusal: {slug: price", new: "    refusal: {slug: price",
            message: "cites no clause"),
        Bad(name: "a share over 100%", old: "shareBasisPoints: 3000", new: "shareBasisPoints: 30000", message: "more than 100%"),
        Bad(
            name: "an unreachable step", old: "command: accept-order, by: [institution], from: [placed]",
            new: "command: accept-order, by: [institution], from: [contracted]", message: "order.record-contract is unreachable"),
    ]

    @Test("faulty files are refused (QUAN-01) with file, line and remedy, and published versions are unchanged")
    func faults() async throws {
        try await CatalogueFixture.with { fixture in
            for bad in Self.bad {
                let refusal = try #require(try await fixture.publish(try Samples.files(bad.old, bad.new)).refusal)
                #expect(refusal.clauses == ["QUAN-01"])
                let messages = refusal.numbers.filter { $0.name == "fault" }.compactMap { number -> String? in
                    guard case .text(let text) = number.value else { return nil }
                    return text
                }
                let fault = try #require(messages.first { $0.contains(bad.message) })
                #expect(fault.contains(/^beijing-2026\.yaml:[1-9][0-9]*:[1-9][0-9]*: error: .+\. .+/), "\(fault)")
            }
            let nul = ProgrammeFiles(programme: .init(name: "a.yaml", text: "a\u{0}"), clauses: [], interpretations: nil)
            let nothing = ProgrammeFiles(programme: .init(name: "", text: ""), clauses: [], interpretations: nil)
            for files in [nul, nothing] {
                let refusal = await #expect(throws: Refusal.self) { try await fixture.publish(files) }
                #expect(refusal?.clauses == ["QUAN-01"])
            }
            #expect(try await fixture.catalogue.number("select count(*) from programme_version") == 0)
        }
    }

    @Test("a version is published, also a second time; with other files (QUAN-15) or from other senders (QUAN-10) it is refused")
    func publishing() async throws {
        try await CatalogueFixture.with { fixture in
            let files = try Samples.files()
            let foreign = try await fixture.ask(PublishProgramme(files: files))
            #expect(foreign.refusal?.clauses == ["QUAN-10"])

            #expect(try await fixture.publish(files).result?.contains(#""isAgain":false"#) == true)
            #expect(try await fixture.publish(files).result?.contains(#""isAgain":true"#) == true)
            let other = try await fixture.publish(try Samples.files("quotaYuan: 200000", "quotaYuan: 300000"))
            #expect(other.refusal?.clauses == ["QUAN-15"])
            let second = try await fixture.publish(try Samples.files("\nversion: 1\n", "\nversion: 2\n"))
            #expect(second.refusal == nil)

            let recorded = try await fixture.recordedMessages(ProgrammePublished.self, 3)
            #expect(recorded.map(\.version) == [1, 1, 2])
            #expect(recorded.first?.files == files)
            #expect(try await fixture.catalogue.number("select count(*) from programme_version") == 2)
        }
    }
}
