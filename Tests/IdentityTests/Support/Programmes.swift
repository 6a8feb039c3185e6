import Foundation
import Kernel
import Messages
import Programme
import ProgrammeStore

/// The repository's programme, original and changed.
enum Programmes {
    static let id = "beijing-2026"
    static let entitle = StepReference("registration", "entitle")

    private static let source = Result {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let folder = root.appending(path: "Shared/Programmes")
        return try ProgrammeSource.read(file: folder.appending(path: "beijing-2026.yaml"), clauseFolder: folder.appending(path: "clauses"))
    }

    private static let loaded = Result { try source.get().load().programme }

    static func beijing() throws -> Programme { try loaded.get() }

    /// The files of a version in force from a day, with text replacements. Throws where a text is not found, because a test without its change
    /// could not fail.
    static func published(
        version: Int = 1, from: String = "2026-02-09", changes: [(String, String)] = []
    ) throws -> ProgrammePublished {
        let source = try source.get()
        var text = source.programme.text.replacing("\nversion: 1\n", with: "\nversion: \(version)\n")
            .replacing("effective: {from: {setting: call-opens},", with: "effective: {from: \(from),")
        for (old, new) in changes {
            guard text.contains(old) else { throw TextToReplaceNotFound(text: old) }
            text = text.replacing(old, with: new)
        }
        let altered = ProgrammeSource(
            programme: SourceText(name: source.programme.name, text: text), clauses: source.clauses,
            interpretations: source.interpretations)
        // A faulty file would be parked, and the test would time out; this reports the fault instead.
        _ = try altered.load()
        return ProgrammePublished(programmeID: id, version: version, files: ProgrammeFiles(altered))
    }
}

struct TextToReplaceNotFound: Error {
    let text: String
}

/// An instant on a day in Beijing; the hour is 10 by default.
func instant(_ day: String, hour: Int = 10) throws -> Date {
    BeijingTime.startOfDay(try CalendarDate(day)).addingTimeInterval(Double(hour) * 3600)
}
