import Foundation
import Kernel
import Messages
import Programme
import ProgrammeStore

/// The programme of the repository, as it is and altered.
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

    /// The files of a version that is in force from a day on, each of `changes` made in them. Throws where one finds nothing to change: a
    /// test that alters nothing could not fail.
    static func published(
        version: Int = 1, from: String = "2026-02-09", changes: [(String, String)] = []
    ) throws -> ProgrammePublished {
        let source = try source.get()
        var text = source.programme.text.replacing("\nversion: 1\n", with: "\nversion: \(version)\n")
            .replacing("effective: {from: {setting: call-opens},", with: "effective: {from: \(from),")
        for (old, new) in changes {
            guard text.contains(old) else { throw NothingToChange(text: old) }
            text = text.replacing(old, with: new)
        }
        let altered = ProgrammeSource(
            programme: SourceText(name: source.programme.name, text: text), clauses: source.clauses,
            interpretations: source.interpretations)
        // A file that cannot be read would be set aside, and the test would wait for it in vain.
        _ = try altered.load()
        return ProgrammePublished(programmeID: id, version: version, files: ProgrammeFiles(altered))
    }
}

struct NothingToChange: Error {
    let text: String
}

/// An instant of a day in Beijing, in the morning.
func instant(_ day: String, hour: Int = 10) throws -> Date {
    BeijingTime.startOfDay(try CalendarDate(day)).addingTimeInterval(Double(hour) * 3600)
}
