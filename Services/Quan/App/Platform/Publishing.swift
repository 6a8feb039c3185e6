import Foundation
import Messages
import Messaging
import Programme
import ProgrammeStore

/// Publishes programmes to an installation.
enum Publishing {
    private static let pause = Duration.milliseconds(30)

    /// What became of one file.
    struct Published: Decodable {
        let programmeID: String
        let version: Int
        /// Whether that version was published before, in the same words.
        let isAgain: Bool
        let warnings: [String]
    }

    /// Publishes every programme of a folder, and returns when every service that follows the catalogue knows them. One that is published
    /// already in the same words is no fault.
    static func publishAll(in folder: String, on installation: Installation, told: @Sendable (String) -> Void) async throws {
        let place = URL(filePath: folder)
        let files = try FileManager.default.contentsOfDirectory(at: place, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "yaml" }.sorted { $0.lastPathComponent < $1.lastPathComponent }
        guard !files.isEmpty else { throw Complaint("there is no programme in \(folder)") }
        let sources = try files.map { try ProgrammeSource.read(file: $0, clauseFolder: place.appending(path: "clauses")) }
        for published in try await publish(sources, on: installation) {
            told("published \(published.programmeID) version \(published.version)")
        }
        try await waitUntilKnown(installation, until: .now + .seconds(30))
    }

    /// Publishes programmes in their order, and stops at the first that is refused. Throws a `Complaint` with the refusal.
    static func publish(_ sources: [ProgrammeSource], on installation: Installation) async throws -> [Published] {
        let loaded = try sources.map { (id: try $0.load().programme.id, source: $0) }
        return try await installation.linked { link in
            var published: [Published] = []
            for programme in loaded {
                let outcome = try await link.ask(
                    PublishProgramme(files: ProgrammeFiles(programme.source)), key: programme.id, within: .seconds(30))
                published.append(try outcome.orComplain().answer(Published.self))
            }
            return published
        }
    }

    /// Waits until every service has read what the catalogue has published: before that it would refuse what names a programme. Throws a
    /// `Complaint` that names those that have not by the deadline.
    static func waitUntilKnown(_ installation: Installation, until deadline: ContinuousClock.Instant) async throws {
        while true {
            var looks: [Quiescence] = []
            for service in installation.services {
                if let look = try? await ServiceLook.quiescence(of: service) { looks.append(look) }
            }
            let silent = installation.services.map(\.name).filter { name in !looks.contains { $0.service == name } }
            let late = silent.isEmpty ? Quiescence.behind("catalogue", in: looks) : silent
            if late.isEmpty { return }
            guard ContinuousClock.now < deadline else {
                throw Complaint("the programmes are published, and do not come to \(late.joined(separator: ", "))")
            }
            try await Task.sleep(for: pause)
        }
    }
}

extension Quiescence {
    /// Those that have not taken all that `source` has said until now: it is one of them itself while it still has something to publish.
    fileprivate static func behind(_ source: String, in looks: [Quiescence]) -> [String] {
        guard let said = looks.first(where: { $0.service == source }) else { return [] }
        let readers = looks.filter { reader in
            said.produced.contains { topic, last in
                reader.reads.contains(topic) && (reader.consumed[source]?[topic] ?? 0) < last
            }
        }
        return (said.pending > 0 ? [source] : []) + readers.map(\.service)
    }
}
