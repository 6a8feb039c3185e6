import Foundation
import Glibc
import LocalPostgres
import Messages
import Messaging
import Postgres

/// A whole installation on one machine, while `quan up` runs: database, broker and services, each kept alive.
actor Platform {
    /// What was asked for.
    struct Options: Sendable {
        let services: [PlatformService]
        /// The port of the portal.
        let portalPort: Int
        /// The port of the sandbox's sign-in; the other services take free ones.
        let signInPort: Int
        /// The first instant of the rehearsal's clock; nil for an installation that lives by the wall clock.
        let rehearsal: Date?
        let environment: [String: String]
        /// The services that run in two instances.
        var twice: Set<String> = []
        /// Further settings where the broker is the embedded one.
        var embedded: [String: String] = [:]
        /// How the sandbox's bank behaves: options of `quan-bank-simulator`.
        var bank: [String] = []
    }

    private static let stopDeadline = Duration.seconds(12)
    private static let lookAtDatabaseEvery = Duration.milliseconds(200)

    private let options: Options
    private let folder: StateFolder
    private let database: PlatformDatabase
    private var broker: BrokerProcess?
    private var keepers: [ServiceKeeper] = []
    private var bank: ServiceKeeper?
    private(set) var record: PlatformRecord
    private var isStopping = false

    private init(_ options: Options, folder: StateFolder, database: PlatformDatabase, broker: BrokerProcess?, kafka: String) {
        self.options = options
        self.folder = folder
        self.database = database
        self.broker = broker
        record = PlatformRecord(
            pid: ProcessInfo.processInfo.processIdentifier, kafkaBootstrapServers: kafka, databaseHost: database.host,
            databasePort: database.port, portal: "http://127.0.0.1:\(options.portalPort)", signIn: nil,
            isRehearsal: options.rehearsal != nil,
            readyAt: nil, services: [])
    }

    /// How an administrator connects to the databases.
    var databaseConfiguration: PostgresConfiguration { database.configuration }

    /// Starts database and broker, and makes the databases of the services.
    static func open(_ options: Options, folder: StateFolder) async throws -> Platform {
        async let opening = PlatformDatabase.open(folder, environment: options.environment)
        async let starting = startBroker(options, folder)
        let database: PlatformDatabase
        let broker: BrokerProcess?
        do {
            database = try await opening
        } catch {
            await (try? starting)?.stop()
            throw error
        }
        do {
            broker = try await starting
            try await database.prepare(options.services)
        } catch {
            await database.close()
            throw error
        }
        let kafka = broker?.bootstrapServers ?? options.environment["QUAN_KAFKA_BOOTSTRAP_SERVERS"] ?? ""
        return Platform(options, folder: folder, database: database, broker: broker, kafka: kafka)
    }

    private static func startBroker(_ options: Options, _ folder: StateFolder) async throws -> BrokerProcess? {
        guard options.environment["QUAN_KAFKA_BOOTSTRAP_SERVERS"] == nil else { return nil }
        return try await BrokerProcess.start(
            topics: PlatformTopic.all.map(\.name), partitions: partitions(options), log: folder.log(of: "broker"))
    }

    /// So many that two instances share them.
    private static func partitions(_ options: Options) -> Int { options.twice.isEmpty ? OneMachine.partitions : OneMachine.partitionsOfTwo }

    /// Runs everything until `stop`.
    func run() async throws {
        try openBank()
        for service in options.services {
            let port = try fixedPort(of: service) ?? LoopbackPort.free()
            if service.name == "identity" { record.signIn = "http://127.0.0.1:\(port)/sandbox/token" }
            keepers.append(try keeper(of: service, httpPort: port, instance: "one"))
            if options.twice.contains(service.name) {
                keepers.append(try keeper(of: service, httpPort: try LoopbackPort.free(), instance: "two"))
            }
        }
        await withTaskGroup(of: Void.self) { group in
            for keeper in keepers { group.addTask { await keeper.run() } }
            if let bank { group.addTask { await bank.run() } }
            group.addTask { await self.keepBroker() }
            group.addTask { await self.keepDatabase() }
        }
    }

    private func keeper(of service: PlatformService, httpPort: Int, instance: String) throws -> ServiceKeeper {
        var environment = try environment(of: service, httpPort: httpPort)
        environment["QUAN_INSTANCE_NAME"] = instance
        if options.twice.contains(service.name) { environment["QUAN_MESSAGING_ALONE"] = "false" }
        let log = folder.log(of: instance == "one" ? service.name : "\(service.name)-\(instance)")
        return ServiceKeeper(
            service, program: try Programs.file(service), httpPort: httpPort, log: log, environment: environment,
            changed: { [weak self] in await self?.writeRecord() })
    }

    /// The bank that payments of a sandbox go to, unless another is named.
    private func openBank() throws {
        guard options.services.contains(where: { $0.name == "payout" }), options.environment[Self.bankURL] == nil else { return }
        let port = try LoopbackPort.free()
        record.bank = "http://127.0.0.1:\(port)"
        let arguments = ["--port", String(port), "--journal", folder.path + "/bank.journal"] + options.bank
        bank = ServiceKeeper(
            .bank, program: try Programs.file(.bank), arguments: arguments, httpPort: port, log: folder.log(of: PlatformService.bank.name),
            environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"], changed: {})
    }

    private static let bankURL = "QUAN_PAYOUT_BANK_URL"

    /// Waits until every service is ready. Throws a `Complaint` that names those that are not by the deadline.
    func waitUntilReady(within deadline: Duration, told: @Sendable (String) -> Void) async throws {
        let end = ContinuousClock.now + deadline
        let wanted = options.services.count + options.twice.count
        var ready: Set<Int> = []
        while true {
            var reasons: [String] = []
            for keeper in keepers where !ready.contains(keeper.httpPort) {
                let answer = try? await ServiceHTTP.get(port: keeper.httpPort, "/health/ready", within: .seconds(3))
                guard answer?.status == 200 else {
                    reasons.append("  \(keeper.service.name): \(ServiceLook.reasons(answer))")
                    continue
                }
                ready.insert(keeper.httpPort)
                told(keeper.service.name)
            }
            guard ready.count < wanted else { return }
            guard ContinuousClock.now < end else {
                throw Complaint("not ready within \(deadline):\n\(reasons.joined(separator: "\n"))\nsee \(folder.path)/logs")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// Writes down that all is ready.
    func tellReady() async {
        record.readyAt = Date()
        await writeRecord()
    }

    /// Ends the services together and in order, then what they stand on.
    func stop() async {
        isStopping = true
        await withTaskGroup(of: Void.self) { group in
            for keeper in keepers { group.addTask { await keeper.stop(within: Self.stopDeadline) } }
        }
        await bank?.stop(within: Self.stopDeadline)
        await broker?.stop()
        await database.close()
        try? FileManager.default.removeItem(atPath: folder.path + "/" + PlatformRecord.file)
        folder.discard()
    }

    /// The port of a service; nil where it is not kept.
    func ports(of name: String) -> [Int] { keepers.filter { $0.service.name == name }.map(\.httpPort) }

    /// The process of a part; 0 while none runs.
    func pid(of part: String) async -> Int32 {
        switch part {
        case "broker": return broker?.child.pid ?? 0
        case "postgres": return database.serverPID ?? 0
        case PlatformService.bank.name: return await bank?.pid ?? 0
        default: return await keepers.first { $0.service.name == part }?.pid ?? 0
        }
    }

    /// Kills a part as a machine might: it is started again like any that dies. Throws a `Complaint` where it is not ours, or does not run.
    func kill(_ part: String) async throws {
        let pid = await pid(of: part)
        // A process id of 0 would be this whole process group.
        guard pid > 0 else { throw Complaint("there is no part '\(part)' that runs and was started by this process") }
        _ = Glibc.kill(pid, SIGKILL)
    }

    /// Starts the private database server again when it has ended.
    private func keepDatabase() async {
        guard database.isOwn else { return }
        var backOff = BackOff()
        var began = ContinuousClock.now
        while !isStopping {
            try? await Task.sleep(for: Self.lookAtDatabaseEvery)
            guard !isStopping else { return }
            guard !database.isAlive else { continue }
            Notice.say("the database server ended; starting it again")
            try? await Task.sleep(for: backOff.pause(afterRunning: .now - began))
            began = .now
            do { try await database.restart() } catch { Notice.say("the database server does not start: \(error)") }
        }
    }

    /// Counts waits for locks in the services' databases from now on.
    func lockWaits() -> LockWaits { LockWaits(database.configuration, databases: options.services.map(\.name)) }

    /// A new broker in the place of one that ended. The services start anew with its address, and ask each other for what it forgot.
    private func keepBroker() async {
        var backOff = BackOff()
        var began = ContinuousClock.now
        while let running = broker, !isStopping {
            let status = await running.child.status()
            guard !isStopping else { return }
            Notice.say("the broker ended with status \(status); starting another")
            try? await Task.sleep(for: backOff.pause(afterRunning: .now - began))
            began = .now
            do {
                guard let fresh = try await Self.startBroker(options, folder) else { return }
                broker = fresh
                if isStopping { return await fresh.stop() }
                record.kafkaBootstrapServers = fresh.bootstrapServers
                for keeper in keepers { await keeper.restart(with: "QUAN_KAFKA_BOOTSTRAP_SERVERS", fresh.bootstrapServers) }
            } catch {
                Notice.say("the broker does not start: \(error)")
            }
        }
    }

    /// The ports that people use stay the same from start to start.
    private func fixedPort(of service: PlatformService) -> Int? {
        switch service.name {
        case "portal": options.portalPort
        case "identity": options.signInPort
        default: nil
        }
    }

    private func environment(of service: PlatformService, httpPort: Int) throws -> [String: String] {
        var embedded = options.embedded
        embedded["QUAN_MESSAGING_TOPIC_PARTITIONS"] = String(Self.partitions(options))
        var environment = OneMachine.settings(
            of: service, environment: options.environment, embedded: broker == nil ? nil : embedded, rehearsal: options.rehearsal)
        environment["QUAN_KAFKA_BOOTSTRAP_SERVERS"] = record.kafkaBootstrapServers
        environment.merge(try database.environment(of: service)) { $1 }
        environment["QUAN_HTTP_PORT"] = String(httpPort)
        environment.merge(try folder.settings(of: service)) { given, _ in given }
        if service.name == "payout", let bank = record.bank, environment[Self.bankURL] == nil { environment[Self.bankURL] = bank }
        return environment
    }

    private func writeRecord() async {
        var services: [PlatformRecord.Service] = []
        var further: [PlatformRecord.Service] = []
        for keeper in keepers {
            let service = PlatformRecord.Service(name: keeper.service.name, pid: await keeper.pid, httpPort: keeper.httpPort)
            if services.contains(where: { $0.name == service.name }) { further.append(service) } else { services.append(service) }
        }
        record.services = services
        record.furtherInstances = further.isEmpty ? nil : further
        do { try record.write(in: folder) } catch { Notice.say("cannot write \(PlatformRecord.file): \(error)") }
    }
}
