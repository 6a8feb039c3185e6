import Foundation
import Programme
import Testing

@Suite("Clause files are loaded or refused")
struct ClauseLoadingTests {
    private static let head = "registry: XX\nzh: 甲\nen: A\nclauses:\n"

    private func faults(_ registries: [String] = [], interpretations: String? = nil) -> [Fault] {
        do {
            let files = registries.enumerated().map { SourceText(name: "\($0.offset).yaml", text: $0.element) }
            _ = try ClauseBook.load(files, interpretations: interpretations.map { SourceText(name: "IN.yaml", text: $0) })
            return []
        } catch {
            return error.all
        }
    }

    @Test(
        "an invalid clause file is refused with a position",
        arguments: ["", "a", "clauses: 5", "registry: [", "registry: X\nclauses: [1, {id: []}]"])
    func noClauseFile(_ text: String) {
        for faults in [faults([text]), faults(interpretations: text)] {
            #expect(!faults.isEmpty)
            #expect(faults.allSatisfy { $0.place.line >= 1 })
        }
    }

    @Test("a clause file with a duplicate or invalid id is refused with its position")
    func ids() {
        let text =
            Self.head + """
                  - {id: XX-01, at: 一, owner: ordering, kind: limit, rule: "One"}
                  - {id: XX-01, at: 一, owner: ordering, kind: limit, rule: "Two"}
                  - {id: YY-02, at: 一, owner: ordering, kind: limit, rule: "Three"}
                """
        #expect(faults([text]).map(\.place.line) == [6, 7])
    }

    @Test(
        "an owner or kind that is not of the closed list is refused, with the nearest or all of the list",
        arguments: [
            ("ordring", "limit", "no owner of a clause \"ordring\"", "Did you mean ordering"),
            ("every service", "limit", "no owner of a clause \"every service\"", "There are: carriers, catalogue, identity"),
            ("ordering", "procedure", "no kind of clause \"procedure\"", "There are: limit, deadline, eligibility"),
            ("ordering", "platform", "no kind of clause \"platform\"", "There are: limit, deadline, eligibility"),
        ])
    func closedLists(_ owner: String, _ kind: String, _ problem: String, _ remedy: String) throws {
        let faults = faults([Self.head + "  - {id: XX-01, at: 一, owner: \(owner), kind: \(kind), rule: A}\n"])
        #expect(faults.map(\.place.line) == [5])
        let fault = try #require(faults.first)
        #expect(fault.problem.contains(problem) && fault.remedy.contains(remedy), "\(fault)")
    }

    @Test("a document may not take the prefix of the platform's rules, of the interpretations, or of another document")
    func prefixes() {
        for prefix in ["QUAN", "IN"] {
            #expect(faults(["registry: \(prefix)\nzh: 甲\nen: A\nclauses: []\n"]).map(\.place.line) == [1], "\(prefix)")
        }
        let clause = "  - {id: XX-01, at: 一, owner: ordering, kind: limit, rule: A}\n"
        #expect(faults([Self.head + clause]) == [])
        let twice = faults([Self.head + clause, Self.head + clause])
        #expect(twice.map(\.file) == ["1.yaml"])
        #expect(twice.map(\.problem) == ["another clause file has the registry XX"])
    }

    @Test(
        "an interpretation with another prefix, an id given twice or an empty list of documents is refused",
        arguments: [
            ("  - {id: XX-01, reading: A}\n", 2, "XX-01 is not the id of an interpretation"),
            ("  - {id: IN-01, reading: A}\n  - {id: IN-01, reading: B}\n", 3, "the interpretation IN-01 occurs twice here"),
            ("  - {id: IN-01, for: [], reading: A}\n", 2, "the interpretation IN-01 is for no document"),
        ])
    func interpretations(_ entries: String, _ line: Int, _ problem: String) {
        let faults = faults(interpretations: "interpretations:\n" + entries)
        #expect(faults.map(\.place.line) == [line])
        #expect(faults.map(\.problem) == [problem])
    }
}
