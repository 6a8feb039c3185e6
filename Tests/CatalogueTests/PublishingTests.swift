import Foundation
import Kernel
import Messages
import Messaging
import TestKit
import Testing

@Suite("Publishing a programme", .serialized)
struct PublishingTests {
    /// Something wrong in a programme's file, and what the operator is told.
    struct Bad: Sendable, CustomTestStringConvertible {
        let name: String
        let old: String
        let new: String
        let says: String
        var testDescription: String { name }
    }

    static let bad = [
        Bad(name: "an unknown key", old: "limitFrom: tier", new: "limitFrmo: tier", says: "has no key \"limitFrmo\""),
        Bad(
            name: "a missing clause", old: "    clauses: [BJ26-43]\n    refusal: {slug: price", new: "    refusal: {slug: price",
            says: "names no clause"),
        Bad(name: "a share over 100%", old: "shareBasisPoints: 3000", new: "shareBasisPoints: 30000", says: "more than the whole"),
        Bad(
            name: "an unreachable step", old: "command: accept-order, by: [institution], from: [placed]",
            new: "command: accept-order, by: [institution], from: [contracted]", says: "order.record-contract is unreachable"),
    ]

    @Test("what is wrong in the files is refused (QUAN-01) with file, line and remedy, and what was published stays as it was")
    func faults() async throws {
        try await CatalogueStage.with { stage in
            for bad in Self.bad {
                let refusal = try #require(try await stage.publish(try Samples.files(bad.old, bad.new)).refusal)
                #expect(refusal.clauses == ["QUAN-01"])
                let told = refusal.numbers.filter { $0.name == "fault" }.compactMap { number -> String? in
                    guard case .text(let text) = number.value else { return nil }
                    return text
                }
                let fault = try #require(told.first { $0.contains(bad.says) })
                #expect(fault.contains(/^beijing-2026\.yaml:[1-9][0-9]*:[1-9][0-9]*: error: .+\. .+/), "\(fault)")
            }
            let nul = ProgrammeFiles(programme: .init(name: "a.yaml", text: "a\u{0}"), clauses: [], interpretations: nil)
            let nothing = ProgrammeFiles(programme: .init(name: "", text: ""), clauses: [], interpretations: nil)
            for files in [nul, nothing] {
                let refusal = await #expect(throws: Refusal.self) { try await stage.publish(files) }
                #expect(refusal?.clauses == ["QUAN-01"])
            }
            #expect(try await stage.catalogue.number("select count(*) from programme_version") == 0)
        }
    }

    @Test("a version is told to all, again when it is published again; with other files it is refused (QUAN-15), from others too (QUAN-10)")
    func publishing() async throws {
        try await CatalogueStage.with { stage in
            let files = try Samples.files()
            let foreign = try await stage.ask(PublishProgramme(files: files))
            #expect(foreign.refusal?.clauses == ["QUAN-10"])

            #expect(try await stage.publish(files).result?.contains(#""isAgain":false"#) == true)
            #expect(try await stage.publish(files).result?.contains(#""isAgain":true"#) == true)
            let other = try await stage.publish(try Samples.files("quotaYuan: 200000", "quotaYuan: 300000"))
            #expect(other.refusal?.clauses == ["QUAN-15"])
            let second = try await stage.publish(try Samples.files("\nversion: 1\n", "\nversion: 2\n"))
            #expect(second.refusal == nil)

            let heard = try await stage.heard(ProgrammePublished.self, 3)
            #expect(heard.map(\.version) == [1, 1, 2])
            #expect(heard.first?.files == files)
            #expect(try await stage.catalogue.number("select count(*) from programme_version") == 2)
        }
    }
}
