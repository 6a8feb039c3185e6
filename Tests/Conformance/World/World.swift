import Foundation
import Logging
import Postgres
import Synchronization
import TestKit

/// Brokers, databases and processes of their own, in which one plan happens.
final class World: Sendable {
    let name: String
    /// Where the processes' logs are.
    let folder: String
    let broker: WorldBroker
    let databases: WorldDatabases
    let promises: Promises
    private let counter: Crew
    private let asker: Crew

    /// - Parameters:
    ///   - spoil: a fault planted in the asker's own rows, for tests of the checks
    ///   - poison: a counter of which the asker takes nothing until `cure`; it keeps no more than ten rows of a key aside
    ///   - crewSize: how many processes each service has
    static func start(
        _ name: String, on backing: Backing, promises: Promises, spoil: String? = nil, poison: String? = nil, crewSize: Int = 2
    ) async throws -> World {
        let logger = Logger(label: name) { _ in SwiftLogNoOpLogHandler() }
        let databases = try await WorldDatabases.start(logger)
        do {
            let broker = try await WorldBroker(backing, logger: logger)
            return World(name, backing, broker, databases, promises, (spoil, poison), crewSize)
        } catch {
            await databases.close()
            throw error
        }
    }

    private init(
        _ name: String, _ backing: Backing, _ broker: WorldBroker, _ databases: WorldDatabases, _ promises: Promises,
        _ wrong: (spoil: String?, poison: String?), _ crewSize: Int
    ) {
        let folder = NSTemporaryDirectory() + "quan-conformance-\(ProcessInfo.processInfo.processIdentifier)-\(name)"
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        self.name = name
        self.folder = folder
        self.broker = broker
        self.databases = databases
        self.promises = promises
        let launch = { @Sendable (role: Role, instance: String) throws -> ToyInstance in
            let database = databases.configuration(of: role)
            var environment = [
                "PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC", "TOY_ROLE=\(role.rawValue)", "TOY_INSTANCE=\(instance)",
                "TOY_BOOTSTRAP_SERVERS=\(broker.bootstrapServers)", "TOY_DATABASE_HOST=\(database.host)",
                "TOY_DATABASE_PORT=\(database.port)", "TOY_DATABASE_NAME=\(database.database)", "TOY_DATABASE_USER=\(database.user)",
                "TOY_SESSION_MILLISECONDS=\(backing.sessionMilliseconds)",
            ]
            if role == .asker, let spoil = wrong.spoil { environment.append("TOY_SPOIL=\(spoil)") }
            if role == .asker, let poison = wrong.poison {
                environment += ["TOY_POISON=\(poison)", "TOY_CURE=\(folder)/cured", "TOY_ROWS_A_KEY=10"]
            }
            if let debug = ConformanceSettings.kafkaDebug { environment.append("TOY_KAFKA_DEBUG=\(debug)") }
            return try ToyInstance(
                name: instance, environment: environment, log: "\(folder)/\(instance).log", promised: { promises.keep($0) })
        }
        counter = Crew(.counter, size: crewSize) { try launch(.counter, $0) }
        asker = Crew(.asker, size: crewSize) { try launch(.asker, $0) }
    }

    /// From now on what was poisoned can be taken.
    func cure() throws {
        guard FileManager.default.createFile(atPath: "\(folder)/cured", contents: nil) else { throw WorldError("no cure in \(folder)") }
    }

    func crew(_ role: Role) -> Crew { role == .counter ? counter : asker }

    var allCrews: [Crew] { [counter, asker] }

    /// Has `count` commands promised.
    func promise(_ count: Int) { promises.give(count, to: crew(.asker).alive) }

    /// Kills what still runs, and clears up; the logs stay when they are wanted.
    func close(keepingLogs: Bool) async {
        for crew in allCrews { try? await crew.killAll() }
        await broker.close()
        await databases.close()
        if !keepingLogs, !ConformanceSettings.keepsLogs { try? FileManager.default.removeItem(atPath: folder) }
    }

    /// The last lines of each process's log.
    func tails(lines: Int = 15) -> String {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
        let alive = Set(allCrews.flatMap(\.alive).map { "\($0.name).log" })
        return names.filter { alive.contains($0) }.map { name in
            let text = (try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)) ?? ""
            return "--- \(name)\n" + text.split(separator: "\n").suffix(lines).joined(separator: "\n")
        }.joined(separator: "\n")
    }
}
