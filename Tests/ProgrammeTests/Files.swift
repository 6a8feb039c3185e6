import Foundation
import Programme
import Testing

/// The programme files and clause files of the repository.
enum Files {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    static let programmes = root.appending(path: "Shared/Programmes")
    static let samples = root.appending(path: "Tests/ProgrammeTests/Samples")

    static func text(_ url: URL) throws -> SourceText {
        SourceText(name: url.lastPathComponent, text: try String(contentsOf: url, encoding: .utf8))
    }

    static func book() throws -> ClauseBook { try loadedBook.get() }
    static func beijing2026() throws -> LoadedProgramme { try loadedBeijing2026.get() }

    static func sample(_ id: String) throws -> LoadedProgramme {
        guard let loaded = loadedSamples[id] else { throw CocoaError(.fileNoSuchFile) }
        return try loaded.get()
    }

    /// Each file is loaded once per run, because loading is slow.
    private static let loadedBook = Result {
        try ProgrammeSource.read(
            file: programmes.appending(path: "beijing-2026.yaml"), clauseFolder: programmes.appending(path: "clauses")
        ).book()
    }

    private static let loadedBeijing2026 = Result {
        try Programme.load(try text(programmes.appending(path: "beijing-2026.yaml")), book: try book())
    }

    private static let loadedSamples = Dictionary(
        uniqueKeysWithValues: ["beijing-2024", "guangzhou-2020", "hangzhou-2026"].map { id in
            (id, Result { try Programme.load(try text(samples.appending(path: "\(id).yaml")), book: try book()) })
        })
}
