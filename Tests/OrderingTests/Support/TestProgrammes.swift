import Foundation
import Messages
import Programme
import ProgrammeStore

/// The programme beijing-2026 of the repository.
enum TestProgrammes {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static let loaded = Result { try source().load().programme }

    static func beijing2026() throws -> Programme { try loaded.get() }

    /// The programme's files with replaced texts.
    static func source(replacing changes: [(String, String)] = []) throws -> ProgrammeSource {
        let folder = root.appending(path: "Shared/Programmes")
        func text(_ url: URL) throws -> SourceText {
            SourceText(name: url.lastPathComponent, text: try String(contentsOf: url, encoding: .utf8))
        }
        var programme = try text(folder.appending(path: "beijing-2026.yaml"))
        for (old, new) in changes {
            guard programme.text.contains(old) else { throw CocoaError(.fileReadCorruptFile) }
            programme = SourceText(name: programme.name, text: programme.text.replacing(old, with: new))
        }
        return ProgrammeSource(
            programme: programme, clauses: [try text(folder.appending(path: "clauses/BJ26.yaml"))],
            interpretations: try text(folder.appending(path: "clauses/IN.yaml")))
    }
}
