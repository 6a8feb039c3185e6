public import Foundation

/// A programme as it is stored and travels: its file and the clause files it cites from, as text.
///
/// Every service reads it with the same loader and comes to the same programme.
public struct ProgrammeSource: Sendable, Hashable, Codable {
    /// The programme's file.
    public let programme: SourceText
    /// The clause files.
    public let clauses: [SourceText]
    /// The file of interpretations.
    public let interpretations: SourceText?

    /// A programme's files.
    public init(programme: SourceText, clauses: [SourceText], interpretations: SourceText?) {
        (self.programme, self.clauses, self.interpretations) = (programme, clauses, interpretations)
    }

    /// Reads the clauses and the programme. Throws `Faults` with everything that is wrong with the first of them that is not well.
    public func load() throws(Faults) -> LoadedProgramme {
        try Programme.load(programme, book: try book())
    }

    /// What the programme can cite.
    public func book() throws(Faults) -> ClauseBook {
        try ClauseBook.load(clauses, interpretations: interpretations)
    }

    /// The files of a programme in a folder laid out like `Shared/Programmes`: `<id>.yaml`, and `clauses/` with a file a document and `IN.yaml`.
    ///
    /// Throws what reading a file throws; one that is not UTF-8 is an error as well.
    public static func read(file: URL, clauseFolder: URL) throws -> ProgrammeSource {
        let files = try FileManager.default.contentsOfDirectory(at: clauseFolder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "yaml" }.sorted { $0.lastPathComponent < $1.lastPathComponent }
        let texts = try files.map(text)
        return ProgrammeSource(
            programme: try text(file), clauses: texts.filter { $0.name != interpretationsName },
            interpretations: texts.first { $0.name == interpretationsName })
    }

    private static let interpretationsName = "IN.yaml"

    private static func text(_ file: URL) throws -> SourceText {
        SourceText(name: file.lastPathComponent, text: try String(contentsOf: file, encoding: .utf8))
    }
}
