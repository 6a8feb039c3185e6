import Foundation
import Programme
import Testing

@Suite("Cited clauses")
struct CitedClausesTests {
    private static let kinds: Set = ["swift", "md", "yaml", "yml", "json", "sql", "sh", "txt"]

    /// The texts of the repository that may cite a clause.
    private static func files() throws -> [URL] {
        try ["Services", "Shared", "Tests", "docs", "deploy"].reduce(into: [Files.root.appending(path: "README.md")]) { files, folder in
            let found = try #require(
                FileManager.default.enumerator(at: Files.root.appending(path: folder), includingPropertiesForKeys: nil))
            for case let file as URL in found where kinds.contains(file.pathExtension) { files.append(file) }
        }
    }

    /// XX is the prefix of the authors' guide for a city that is not named.
    @Test("every clause cited in programme files, code, tests and pages is in the registry")
    func known() throws {
        let book = try Files.book()
        let known = Set(book.clauseIDs).union(book.interpretations.keys)
        var cited: Set<String> = []
        for file in try Self.files() {
            let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
            let ids = Set(text.matches(of: /(?:[A-Z]{2}[0-9]{2}|IN|QUAN)-[0-9]{2}(?![0-9A-Za-z])/).map { String($0.output) })
            let unknown = ids.subtracting(known).filter { !$0.hasPrefix("XX") }
            #expect(unknown == [], "\(file.path)")
            cited.formUnion(ids)
        }
        #expect(cited.isSuperset(of: known), "the scan finds every id, at least in the clause files")
    }
}
