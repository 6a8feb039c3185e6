import Foundation
import Messages
import Messaging
import Programme
import ProgrammeStore
import Testing

/// Messages from their golden files, in which every field is set.
enum Golden {
    private static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The message of a golden file with changes to the object under `part`, or to the whole message.
    static func message<M: Message>(_ type: M.Type, _ part: String? = nil, _ changes: [String: Any] = [:]) throws -> M {
        let file = tests.appending(path: "MessagesTests/Golden/\(M.type).json")
        var whole = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
        var object = whole
        if let part { object = try #require(whole[part] as? [String: Any]) }
        object.merge(changes) { $1 }
        if let part { whole[part] = object } else { whole = object }
        return try MessageBody.decode(M.self, from: Array(JSONSerialization.data(withJSONObject: whole)))
    }

    /// The repository's programme with replaced texts.
    static func programme(_ changes: [(old: String, new: String)] = []) throws -> ProgrammePublished {
        let folder = tests.deletingLastPathComponent().appending(path: "Shared/Programmes")
        let source = try ProgrammeSource.read(
            file: folder.appending(path: "beijing-2026.yaml"), clauseFolder: folder.appending(path: "clauses"))
        var text = source.programme.text
        for change in changes {
            try #require(text.contains(change.old))
            text = text.replacing(change.old, with: change.new)
        }
        let altered = ProgrammeSource(
            programme: SourceText(name: source.programme.name, text: text), clauses: source.clauses, interpretations: source.interpretations
        )
        let programme = try altered.load().programme
        return ProgrammePublished(programmeID: programme.id, version: programme.version, files: ProgrammeFiles(altered))
    }
}
