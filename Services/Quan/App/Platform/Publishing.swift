import Foundation
import Messages
import Messaging
import Programme
import ProgrammeStore

/// Publishes the programmes of a folder to an installation.
enum Publishing {
    /// Publishes every programme of a folder. One that is published already in the same words is no fault.
    static func publishAll(in folder: String, kafka: String, told: @Sendable (String) -> Void) async throws {
        let place = URL(filePath: folder)
        let files = try FileManager.default.contentsOfDirectory(at: place, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "yaml" }.sorted { $0.lastPathComponent < $1.lastPathComponent }
        guard !files.isEmpty else { throw Complaint("there is no programme in \(folder)") }
        try await Installation.linked(kafka: kafka) { link in
            for file in files {
                let source = try ProgrammeSource.read(file: file, clauseFolder: place.appending(path: "clauses"))
                let programme = try source.load().programme
                let outcome = try await link.ask(
                    PublishProgramme(files: ProgrammeFiles(source)), key: programme.id, within: .seconds(30))
                _ = try outcome.orComplain()
                told("published \(programme.id) version \(programme.version)")
            }
        }
    }
}
