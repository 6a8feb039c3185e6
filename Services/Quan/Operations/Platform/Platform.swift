package import Foundation
import Glibc
import Kernel
import LocalPostgres
import Messages
import Messaging
package import Postgres

/// A whole installation on one machine while `quan up` runs: supervised database, broker and services.
package actor Platform {
    /// The options of an installation.
    package struct Options: Sendable {
        let services: [PlatformService]
        /// The port of the portal.
        let portalPort: Int
        /// The port of the sandbox's sign-in; the other services use free ports.
        let signInPort: Int
        /// The first instant of the rehearsal's clock; nil for the wall clock.
        let rehearsal: Date?
        let environment: [String: String]
        /// The services that run in two instances.
        let twice: Set<String>
        /// Additional settings of the services, used only with the embedded broker.
        let embedded: [String: String]
        /// Options of `quan-bank-simulator`, the sandbox's bank.
        let bank: [String]

        package init(
            services: [PlatformService], portalPort: Int, signInPort: Int, rehearsal: Date?, environment: [String: String],
            twice: Set<String> = [], embedded: [String: String] = [:], bank: [String] = []
        ) {
            self.services = services
            self.portalPort = portalPort
            self.signInPort = signInPort
            self.rehearsal = rehearsal
            self.environment = environment
            self.twice = twice
            self.embedded = embedded
            self.bank = bank
        }
    }

    private static let stopDeadline = Duration.seconds(12)
    private static let databaseCheckInterval = Duration.milliseconds(200)

    private let options: Options
    private let folder: StateFolder
    private let database: PlatformDatabase
    private var broker: BrokerProcess?
    private var supervisors: [ServiceSupervisor] = []
    private var bank: ServiceSupervisor?
    package private(set) var record: PlatformRecord
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

    /// The connection of an administrator.
    package var databaseConfiguration: PostgresConfiguration { database.configuration }

    /// Starts database and broker, and creates the databases of the services.
    package static func open(_ options: Options, folder: StateFolder) async throws -> Platform {
        try await SettingsPreflight(options: options, folder: folder).run()
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

    /// The number of partitions, enough for two instances to share.
    private static func partitions(_ options: Options) -> Int {
        options.twice.isEmpty ? OneMachine.partitions : OneMachine.partitionsForTwoInstances
    }

    /// Runs the installation until `stop`.
    package func run() async throws {
        try configureBank()
        for service in options.services {
            let port = try fixedPort(of: service) ?? LoopbackPort.free()
            if service.name == "identity" { record.signIn = "http://127.0.0.1:\(port)/sandbox/token" }
            supervisors.append(try supervisor(of: service, httpPort: port, instance: "one"))
            if options.twice.contains(service.name) {
                supervisors.append(try supervisor(of: service, httpPort: try LoopbackPort.free(), instance: "two"))
            }
        }
        await withTaskGroup(of: Void.self) { group in
            for supervisor in supervisors { group.addTask { await supervisor.run() } }
            if let bank { group.addTask { await bank.run() } }
            group.addTask { await self.superviseBroker() }
            group.addTask { await self.superviseDatabase() }
        }
    }

    private func supervisor(of service: PlatformService, httpPort: Int, instance: String) throws -> ServiceSupervisor {
        var environment = try environment(of: service, httpPort: httpPort)
        environment["QUAN_INSTANCE_NAME"] = instance
        if options.twice.contains(service.name) { environment["QUAN_MESSAGING_SINGLE_INSTANCE"] = "false" }
        let log = folder.log(of: instance == "one" ? service.name : "\(service.name)-\(instance)")
        return ServiceSupervisor(
            service, program: try Programs.file(service), httpPort: httpPort, log: log, environment: environment,
            changed: { [weak self] in await self?.writeRecord() })
    }

    /// Configures the sandbox's bank, unless the environment names another.
    private func configureBank() throws {
        guard options.services.contains(where: { $0.name == "payout" }), options.environment[Self.bankURL] == nil else { return }
        let port = try LoopbackPort.free()
        record.bank = "http://127.0.0.1:\(port)"
        let account = options.environment["QUAN_PAYOUT_PAYER_ACCOUNT"] ?? OneMachine.sandboxAccount
        let arguments = ["--port", String(port), "--journal", folder.path + "/bank.journal", "--account", account] + options.bank
        bank = ServiceSupervisor(
            .bank, program: try Programs.file(.bank), arguments: arguments, httpPort: port, log: folder.log(of: PlatformService.bank.name),
            environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"], changed: {})
    }

    private static let bankURL = "QUAN_PAYOUT_BANK_URL"
    /// An address at which no bank answers, for a process that needs the setting and sends nothing.
    package static let noBank = "http://127.0.0.1:9"

    /// Waits until every service is ready, and reports each. Throws a `CommandError` that names those not ready by the deadline.
    package func waitUntilReady(within deadline: Duration, report: @Sendable (String) -> Void) async throws {
        let end = ContinuousClock.now + deadline
        let expected = options.services.count + options.twice.count
        var ready: Set<Int> = []
        while true {
            var reasons: [String] = []
            for supervisor in supervisors where !ready.contains(supervisor.httpPort) {
                if await supervisor.hasRefusedItsSettings {
                    let name = supervisor.service.name
                    throw CommandError("\(name) refuses its settings or credentials; see \(folder.log(of: name))")
                }
                let answer = try? await ServiceHTTP.get(port: supervisor.httpPort, "/health/ready", within: .seconds(3))
                guard answer?.status == 200 else {
                    reasons.append("  \(supervisor.service.name): \(ServiceStatus.reasons(answer))")
                    continue
                }
                ready.insert(supervisor.httpPort)
                report(supervisor.service.name)
            }
            guard ready.count < expected else { return }
            guard ContinuousClock.now < end else {
                throw CommandError("not ready within \(deadline):\n\(reasons.joined(separator: "\n"))\nsee \(folder.path)/logs")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// Records in `platform.json` that the installation is ready.
    package func recordReady() async {
        record.readyAt = Date()
        await writeRecord()
    }

    /// Stops the services concurrently, then bank, broker and database.
    package func stop() async {
        isStopping = true
        await withTaskGroup(of: Void.self) { group in
            for supervisor in supervisors { group.addTask { await supervisor.stop(within: Self.stopDeadline) } }
        }
        await bank?.stop(within: Self.stopDeadline)
        await broker?.stop()
        await database.close()
        try? FileManager.default.removeItem(atPath: folder.path + "/" + PlatformRecord.file)
        folder.discard()
    }

    /// The ports of a service's instances.
    package func ports(of name: String) -> [Int] { supervisors.filter { $0.service.name == name }.map(\.httpPort) }

    /// The process id of a part; 0 while it is not running.
    package func pid(of part: String) async -> Int32 {
        switch part {
        case "broker": return broker?.child.pid ?? 0
        case "postgres": return database.serverPID ?? 0
        case PlatformService.bank.name: return await bank?.pid ?? 0
        default: return await supervisors.first { $0.service.name == part }?.pid ?? 0
        }
    }

    /// Kills a part, which its supervisor then restarts. Throws a `CommandError` if this process did not start it or it is not running.
    package func kill(_ part: String) async throws {
        let pid = await pid(of: part)
        // A process id of 0 would signal the whole process group.
        guard pid > 0 else { throw CommandError("'\(part)' is not running, or was not started by this process") }
        _ = Glibc.kill(pid, SIGKILL)
    }

    /// Restarts the private database server when it has ended.
    private func superviseDatabase() async {
        guard database.isOwn else { return }
        var backoff = Backoff.ofRestarts()
        var began = ContinuousClock.now
        while !isStopping {
            try? await Task.sleep(for: Self.databaseCheckInterval)
            guard !isStopping else { return }
            guard !database.isAlive else { continue }
            Notice.print("the database server ended; restarting it")
            try? await Task.sleep(for: backoff.next(afterRunning: .now - began))
            began = .now
            do { try await database.restart() } catch { Notice.print("the database server failed to start: \(error)") }
        }
    }

    /// Replaces a broker that ended. The services are restarted with the new address, and request missing records from each other.
    private func superviseBroker() async {
        var backoff = Backoff.ofRestarts()
        var began = ContinuousClock.now
        while let running = broker, !isStopping {
            let status = await running.child.status()
            guard !isStopping else { return }
            Notice.print("the broker ended with status \(status); starting a new one")
            try? await Task.sleep(for: backoff.next(afterRunning: .now - began))
            began = .now
            do {
                guard let fresh = try await Self.startBroker(options, folder) else { return }
                broker = fresh
                if isStopping { return await fresh.stop() }
                record.kafkaBootstrapServers = fresh.bootstrapServers
                for supervisor in supervisors { await supervisor.restart(with: "QUAN_KAFKA_BOOTSTRAP_SERVERS", fresh.bootstrapServers) }
            } catch {
                Notice.print("the broker failed to start: \(error)")
            }
        }
    }

    /// The ports that users need stay the same across restarts of a service.
    private func fixedPort(of service: PlatformService) -> Int? {
        switch service.name {
        case "portal": options.portalPort
        case "identity": options.signInPort
        default: nil
        }
    }

    private func environment(of service: PlatformService, httpPort: Int) throws -> [String: String] {
        try Self.environment(
            of: service, options, folder, kafka: record.kafkaBootstrapServers, database: try database.environment(of: service),
            httpPort: httpPort, bank: record.bank)
    }

    /// The environment of a service's process.
    ///
    /// - Parameters:
    ///   - kafka: the brokers.
    ///   - database: the settings of the service's database.
    ///   - bank: the address of the sandbox's bank; nil where the operator's environment names another.
    static func environment(
        of service: PlatformService, _ options: Options, _ folder: StateFolder, kafka: String, database: [String: String], httpPort: Int,
        bank: String?
    ) throws -> [String: String] {
        var embedded = options.embedded
        embedded["QUAN_MESSAGING_TOPIC_PARTITIONS"] = String(partitions(options))
        let isEmbedded = options.environment["QUAN_KAFKA_BOOTSTRAP_SERVERS"] == nil
        var environment = OneMachine.settings(
            of: service, environment: options.environment, embedded: isEmbedded ? embedded : nil, rehearsal: options.rehearsal)
        environment["QUAN_KAFKA_BOOTSTRAP_SERVERS"] = kafka
        environment.merge(database) { $1 }
        environment["QUAN_HTTP_PORT"] = String(httpPort)
        environment.merge(try folder.settings(of: service)) { given, _ in given }
        if service.name == "payout", let bank, environment[bankURL] == nil { environment[bankURL] = bank }
        return environment
    }

    private func writeRecord() async {
        var services: [PlatformRecord.Service] = []
        var further: [PlatformRecord.Service] = []
        for supervisor in supervisors {
            let service = PlatformRecord.Service(name: supervisor.service.name, pid: await supervisor.pid, httpPort: supervisor.httpPort)
            if services.contains(where: { $0.name == service.name }) { further.append(service) } else { services.append(service) }
        }
        record.services = services
        record.furtherInstances = further.isEmpty ? nil : further
        do { try record.write(in: folder) } catch { Notice.print("cannot write \(PlatformRecord.file): \(error)") }
    }
}
