public import Foundation

/// A programme's source: its file and the cited clause files, as text.
///
/// Every service loads it with the same loader, so all have the same programme.
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

    /// Loads the clauses and the programme. Throws `Faults` with all faults of the clauses, or else of the programme.
    public func load() throws(Faults) -> LoadedProgramme {
        try Programme.load(programme, book: try book())
    }

    /// The clause book of the programme.
    public func book() throws(Faults) -> ClauseBook {
        try ClauseBook.load(clauses, interpretations: interpretations)
    }

    /// The files of a programme in a folder laid out like `Shared/Programmes`: `<id>.yaml`, and `clauses/` with a file a document and
    /// `IN.yaml`.
    ///
    /// Throws if a file cannot be read or is not UTF-8.
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
