import Foundation
import Messages
import Messaging
import Programme
import ProgrammeStore

/// Publishes the programmes of a folder to an installation.
enum Publishing {
    private static let pause = Duration.milliseconds(30)

    /// Publishes every programme of a folder, and returns when every service that follows the catalogue knows them. One that is published
    /// already in the same words is no fault.
    static func publishAll(in folder: String, on record: PlatformRecord, told: @Sendable (String) -> Void) async throws {
        let place = URL(filePath: folder)
        let files = try FileManager.default.contentsOfDirectory(at: place, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "yaml" }.sorted { $0.lastPathComponent < $1.lastPathComponent }
        guard !files.isEmpty else { throw Complaint("there is no programme in \(folder)") }
        try await Installation.linked(kafka: record.kafkaBootstrapServers) { link in
            for file in files {
                let source = try ProgrammeSource.read(file: file, clauseFolder: place.appending(path: "clauses"))
                let programme = try source.load().programme
                let outcome = try await link.ask(
                    PublishProgramme(files: ProgrammeFiles(source)), key: programme.id, within: .seconds(30))
                _ = try outcome.orComplain()
                told("published \(programme.id) version \(programme.version)")
            }
        }
        try await waitUntilKnown(record, until: .now + .seconds(30))
    }

    /// Before that a service would refuse what names a programme.
    private static func waitUntilKnown(_ record: PlatformRecord, until deadline: ContinuousClock.Instant) async throws {
        while true {
            var looks: [Quiescence] = []
            for service in record.services {
                if let look = try? await ServiceLook.quiescence(of: service) { looks.append(look) }
            }
            let late = looks.count == record.services.count ? Quiescence.behind("catalogue", in: looks) : record.services.map(\.name)
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
