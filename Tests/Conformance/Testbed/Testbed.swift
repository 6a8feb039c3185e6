import Foundation
import Logging
import Postgres
import Synchronization
import TestKit

/// A test bed: brokers, databases and processes in which one plan runs.
final class Testbed: Sendable {
    let name: String
    /// The folder of the processes' logs.
    let folder: String
    let broker: TestbedBroker
    let databases: TestbedDatabases
    let submitter: CommandSubmitter
    private let counter: InstanceGroup
    private let asker: InstanceGroup

    /// - Parameters:
    ///   - plantedFault: a fault planted in the asker's own rows, for tests of the checks
    ///   - poison: a counter whose events the asker cannot apply until `removePoison`; its limit is ten parked rows a key
    ///   - instancesPerService: the number of processes of each service
    static func start(
        _ name: String, on brokerKind: BrokerKind, submitter: CommandSubmitter, plantedFault: String? = nil, poison: String? = nil,
        instancesPerService: Int = 2
    ) async throws -> Testbed {
        let logger = Logger(label: name) { _ in SwiftLogNoOpLogHandler() }
        let databases = try await TestbedDatabases.start(logger)
        do {
            let broker = try await TestbedBroker(brokerKind, logger: logger)
            return Testbed(name, brokerKind, broker, databases, submitter, (plantedFault, poison), instancesPerService)
        } catch {
            await databases.close()
            throw error
        }
    }

    private init(
        _ name: String, _ brokerKind: BrokerKind, _ broker: TestbedBroker, _ databases: TestbedDatabases, _ submitter: CommandSubmitter,
        _ faults: (planted: String?, poison: String?), _ instancesPerService: Int
    ) {
        let folder = NSTemporaryDirectory() + "quan-conformance-\(ProcessInfo.processInfo.processIdentifier)-\(name)"
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        self.name = name
        self.folder = folder
        self.broker = broker
        self.databases = databases
        self.submitter = submitter
        let launch = { @Sendable (role: Role, instance: String) async throws -> ToyInstance in
            let database = databases.configuration(of: role)
            var environment = [
                "PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC", "TOY_ROLE=\(role.rawValue)", "TOY_INSTANCE=\(instance)",
                "TOY_BOOTSTRAP_SERVERS=\(broker.bootstrapServers)", "TOY_DATABASE_HOST=\(database.host)",
                "TOY_DATABASE_PORT=\(database.port)", "TOY_DATABASE_NAME=\(database.database)", "TOY_DATABASE_USER=\(database.user)",
                "TOY_SESSION_MILLISECONDS=\(brokerKind.sessionMilliseconds)",
            ]
            if role == .asker, let planted = faults.planted { environment.append("TOY_SPOIL=\(planted)") }
            if role == .asker, let poison = faults.poison {
                environment += ["TOY_POISON=\(poison)", "TOY_CURE=\(folder)/cured", "TOY_ROWS_A_KEY=10"]
            }
            if let debug = ConformanceSettings.kafkaDebug { environment.append("TOY_KAFKA_DEBUG=\(debug)") }
            return try await ToyInstance(
                name: instance, environment: environment, log: "\(folder)/\(instance).log", accepted: { submitter.recordAccepted($0) })
        }
        counter = InstanceGroup(.counter, size: instancesPerService) { try await launch(.counter, $0) }
        asker = InstanceGroup(.asker, size: instancesPerService) { try await launch(.asker, $0) }
    }

    /// Lets the asker apply the events of the poisoned counter.
    func removePoison() throws {
        guard FileManager.default.createFile(atPath: "\(folder)/cured", contents: nil) else {
            throw TestbedError("cannot create \(folder)/cured")
        }
    }

    func instances(of role: Role) -> InstanceGroup { role == .counter ? counter : asker }

    var allInstanceGroups: [InstanceGroup] { [counter, asker] }

    /// Submits `count` commands.
    func submit(_ count: Int) { submitter.submit(count, to: instances(of: .asker).alive) }

    /// Kills the running processes and removes everything except, on request, the logs.
    func close(keepingLogs: Bool) async {
        for instances in allInstanceGroups { try? await instances.killAll() }
        await broker.close()
        await databases.close()
        if !keepingLogs, !ConformanceSettings.keepsLogs { try? FileManager.default.removeItem(atPath: folder) }
    }

    /// The last lines of each process's log.
    func tails(lines: Int = 15) -> String {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
        let alive = Set(allInstanceGroups.flatMap(\.alive).map { "\($0.name).log" })
        return names.filter { alive.contains($0) }.map { name in
            let text = (try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)) ?? ""
            return "--- \(name)\n" + text.split(separator: "\n").suffix(lines).joined(separator: "\n")
        }.joined(separator: "\n")
    }
}
