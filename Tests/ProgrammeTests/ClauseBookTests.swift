import Foundation
import Kernel
import Programme
import Testing

@Suite("Clause registry")
struct ClauseBookTests {
    @Test("the registry has the 251 clauses of five documents, each once, and the platform's own rules")
    func clauses() throws {
        let book = try Files.book()
        #expect(book.registries.mapValues(\.clauses.count) == ["BJ24": 53, "BJ26": 70, "CR26": 27, "GZ20": 55, "HZ26": 46])
        for (prefix, registry) in book.registries {
            #expect(registry.clauses.map(\.id) == Self.ids(prefix, registry.clauses.count))
        }
        #expect(book.clauseIDs.count == 251 + PlatformRule.allCases.count)
        for rule in PlatformRule.allCases { #expect(book.clause(rule.id)?.rule == rule.text.message.en) }
    }

    @Test("every clause has an owner and a kind of the closed lists, and each of these is used")
    func closedLists() throws {
        let clauses = try Files.book().registries.values.flatMap(\.clauses)
        #expect(clauses.filter { $0.owner == nil || $0.kind == nil }.map(\.id) == [])
        #expect(Set(clauses.compactMap(\.owner)) == Set(Clause.Owner.allCases))
        #expect(Set(clauses.compactMap(\.kind)) == Set(Clause.Kind.allCases))
    }

    @Test("the interpretations are IN-01 to IN-54, each for documents of the registry")
    func interpretations() throws {
        let book = try Files.book()
        #expect(book.interpretations.keys.sorted() == Self.ids("IN", 54))
        for interpretation in book.interpretations.values {
            #expect(Set(interpretation.registries).isSubset(of: book.registries.keys), "\(interpretation.id)")
        }
    }

    @Test("the authors' guide names every owner and kind of clause")
    func guide() throws {
        let guide = try Files.text(Files.root.appending(path: "docs/programmes.md")).text
        let names = Clause.Owner.allCases.map(\.rawValue) + Clause.Kind.allCases.map(\.rawValue)
        for name in names { #expect(guide.contains("`\(name)`"), "\(name)") }
    }

    @Test("explain shows the kind and owner of a clause, and of the platform's own rules")
    func natures() throws {
        let (programme, book) = (try Files.beijing2026().programme, try Files.book())
        #expect(programme.explain("BJ26-18", book: book).hasPrefix("BJ26-18 (三(二)4; limit, catalogue)"))
        #expect(programme.explain("QUAN-08", book: book).hasPrefix("QUAN-08 (Kernel; platform, every service)"))
    }

    private static func ids(_ prefix: String, _ count: Int) -> [String] {
        (1...count).map { $0 < 10 ? "\(prefix)-0\($0)" : "\(prefix)-\($0)" }
    }
}
