import Foundation
import Kernel
import Programme

/// The programme beijing-2026 of the repository, unchanged or altered.
enum TestProgrammes {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

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
            guard programme.text.contains(old) else { throw TextNotFound(text: old) }
            programme = SourceText(name: programme.name, text: programme.text.replacing(old, with: new))
        }
        return ProgrammeSource(
            programme: programme, clauses: [try text(folder.appending(path: "clauses/BJ26.yaml"))],
            interpretations: try text(folder.appending(path: "clauses/IN.yaml")))
    }
}

struct TextNotFound: Error {
    let text: String
}

extension Programme {
    /// The programme without the named rules.
    func without(_ rules: String...) throws -> Programme {
        var copy = self
        copy.rules.removeAll { rules.contains($0.id) }
        guard copy.rules.count + rules.count == self.rules.count else { throw TextNotFound(text: "\(rules)") }
        return copy
    }

    /// The programme with a step of the redemption changed.
    func changing(step id: String, _ change: (inout Step) -> Void) throws -> Programme {
        try changingRedemption { procedure in
            guard let index = procedure.steps.firstIndex(where: { $0.id == id }) else { throw TextNotFound(text: id) }
            change(&procedure.steps[index])
        }
    }

    /// The programme with the redemption changed.
    func changingRedemption(_ change: (inout Procedure) throws -> Void) throws -> Programme {
        var copy = self
        guard let index = copy.procedures.firstIndex(where: { $0.id == "redemption" }) else { throw TextNotFound(text: "redemption") }
        try change(&copy.procedures[index])
        return copy
    }
}

/// An instant from date and time in Beijing.
func beijing(_ date: String, _ time: String = "12:00:00") throws -> Date {
    let parts = time.split(separator: ":").compactMap { Int($0) }
    return BeijingTime.startOfDay(try CalendarDate(date)).addingTimeInterval(Double(parts[0] * 3600 + parts[1] * 60 + parts[2]))
}

func day(_ text: String) throws -> CalendarDate { try CalendarDate(text) }
func yuan(_ yuan: Int64) -> Fen { Fen(yuan * 100) }
