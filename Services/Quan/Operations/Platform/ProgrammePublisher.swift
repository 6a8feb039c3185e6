import Foundation
import Messages
import Messaging
package import Programme
import ProgrammeStore

/// Publishes programme files to an installation.
package enum ProgrammePublisher {
    private static let pause = Duration.milliseconds(30)

    /// The catalogue's answer for one file.
    package struct Published: Decodable {
        package let programmeID: String
        package let version: Int
        /// Whether the identical version was published before.
        package let isAgain: Bool
        package let warnings: [String]
    }

    /// Publishes every programme of a folder, and returns when every service has read them. Publishing an identical version again is
    /// allowed.
    package static func publishAll(in folder: String, on installation: Installation, report: @Sendable (String) -> Void) async throws {
        let place = URL(filePath: folder)
        let files = try FileManager.default.contentsOfDirectory(at: place, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "yaml" }.sorted { $0.lastPathComponent < $1.lastPathComponent }
        guard !files.isEmpty else { throw CommandError("\(folder) contains no programme") }
        let sources = try files.map { try ProgrammeSource.read(file: $0, clauseFolder: place.appending(path: "clauses")) }
        for published in try await publish(sources, on: installation) {
            report("published \(published.programmeID) version \(published.version)")
        }
        try await waitUntilRead(installation, until: .now + .seconds(30))
    }

    /// Publishes programmes in order, and stops at the first refusal. Throws a `CommandError` with the refusal.
    package static func publish(_ sources: [ProgrammeSource], on installation: Installation) async throws -> [Published] {
        let loaded = try sources.map { (id: try $0.load().programme.id, source: $0) }
        return try await installation.linked { link in
            var published: [Published] = []
            for programme in loaded {
                let outcome = try await link.ask(
                    PublishProgramme(files: ProgrammeFiles(programme.source)), key: programme.id, within: .seconds(30))
                published.append(try outcome.orThrow().answer(Published.self))
            }
            return published
        }
    }

    /// Waits until every service has read the catalogue's events, because before that it would refuse requests that refer to a programme.
    /// Throws a `CommandError` that names the services that have not read them by the deadline.
    package static func waitUntilRead(_ installation: Installation, until deadline: ContinuousClock.Instant) async throws {
        while true {
            var states: [Quiescence] = []
            for service in installation.services {
                if let state = try? await ServiceStatus.quiescence(of: service) { states.append(state) }
            }
            let silent = installation.services.map(\.name).filter { name in !states.contains { $0.service == name } }
            let late = silent.isEmpty ? Quiescence.behind("catalogue", in: states) : silent
            if late.isEmpty { return }
            guard ContinuousClock.now < deadline else {
                throw CommandError("the programmes are published, but these services have not read them: \(late.joined(separator: ", "))")
            }
            try await Task.sleep(for: pause)
        }
    }
}

extension Quiescence {
    /// The services that have not handled all events of `source`; includes `source` itself while it has events to publish.
    fileprivate static func behind(_ source: String, in states: [Quiescence]) -> [String] {
        guard let published = states.first(where: { $0.service == source }) else { return [] }
        let readers = states.filter { reader in
            published.produced.contains { topic, last in
                reader.reads.contains(topic) && (reader.consumed[source]?[topic] ?? 0) < last
            }
        }
        return (published.pending > 0 ? [source] : []) + readers.map(\.service)
    }
}
