import Foundation
import Kafka
import LocalPostgres
import Messages
import TestKit
import Testing

@testable import Operations

/// Runs the programs of docker-compose.yml on this machine without containers, each with the environment in the file.
///
/// Only networks and volumes are replaced: host names by local addresses and ports, volume paths by a local folder. The broker is
/// librdkafka's mock cluster, which supports neither TLS nor passwords, so that its own addresses are used and the authentication
/// properties are omitted.
final class ComposeRun: Sendable {
    let file: ComposeFile
    let record: PlatformRecord
    private let state: StateFolder
    private let server: PrivatePostgres
    private let broker: EmbeddedBroker
    private let substitutes: Substitutes
    private let children: [Child]

    private init(file: ComposeFile, record: PlatformRecord, substitutes: Substitutes, children: [Child]) {
        (self.file, self.record, self.substitutes, self.children) = (file, record, substitutes, children)
        (state, server, broker) = (substitutes.state, substitutes.server, substitutes.broker)
    }

    /// The state folder, for commands of `quan`.
    var folder: String { state.path }

    /// Starts the services of the file, runs `body`, and stops them.
    static func with(_ file: ComposeFile, _ body: (ComposeRun) async throws -> Void) async throws {
        var options = PrivatePostgres.Options()
        options.authentication = .password(try #require(try file.service("postgres").variables["POSTGRES_PASSWORD"]))
        options.maximumConnections = 300
        let server = try await PrivatePostgres.start(options)
        try await RoleScript.run(try file.service("postgres").variables, on: server)
        let broker = try EmbeddedBroker(
            brokers: 3, topics: PlatformTopic.all.map { (name: $0.name, partitions: $0.isSpread ? 2 : 1) })
        let state = try StateFolder()
        let names = ComposeFile.quanServices + ["bank"]
        let ports = try Dictionary(uniqueKeysWithValues: names.map { ($0, try LoopbackPort.free()) })
        let substitutes = Substitutes(server: server, broker: broker, state: state, ports: ports)
        var services: [PlatformRecord.Service] = []
        var children: [Child] = []
        for name in names {
            let service = try file.service(name)
            let product = try #require(service.build?.args["PRODUCT"])
            let program = URL(filePath: Command.quan).deletingLastPathComponent().appending(path: product).path
            let child = try await Child.start(
                [program] + substitutes.arguments(service, of: name), environment: substitutes.environment(service, of: name),
                log: state.log(of: name))
            children.append(child)
            if name != "bank" { services.append(PlatformRecord.Service(name: name, pid: child.pid, httpPort: ports[name] ?? 0)) }
        }
        let record = PlatformRecord(
            pid: ProcessInfo.processInfo.processIdentifier, kafkaBootstrapServers: broker.bootstrapServers, databaseHost: server.folder,
            databasePort: server.port, portal: "http://127.0.0.1:\(ports["portal"] ?? 0)",
            signIn: "http://127.0.0.1:\(ports["identity"] ?? 0)/sandbox/token", bank: nil, isRehearsal: true, readyAt: nil,
            services: services)
        try record.write(in: state)
        let run = ComposeRun(file: file, record: record, substitutes: substitutes, children: children)
        do {
            try await body(run)
        } catch {
            await run.stop()
            throw error
        }
        await run.stop()
    }

    /// The substitutes for networks and volumes.
    private struct Substitutes: Sendable {
        let server: PrivatePostgres
        let broker: EmbeddedBroker
        let state: StateFolder
        let ports: [String: Int]

        func environment(_ service: ComposeFile.Service, of name: String) -> [String: String] {
            var variables = service.variables.filter { !$0.key.hasPrefix("QUAN_KAFKA_PROPERTIES_") }
            if variables["QUAN_KAFKA_BOOTSTRAP_SERVERS"] != nil { variables["QUAN_KAFKA_BOOTSTRAP_SERVERS"] = broker.bootstrapServers }
            if variables["QUAN_DATABASE_HOST"] == "postgres" {
                variables["QUAN_DATABASE_HOST"] = server.folder
                variables["QUAN_DATABASE_PORT"] = String(server.port)
            }
            if variables["QUAN_FILES_PATH"] == "/var/lib/quan/files" { variables["QUAN_FILES_PATH"] = state.path + "/files" }
            if variables["QUAN_PAYOUT_BANK_URL"] == "http://bank:8080" {
                variables["QUAN_PAYOUT_BANK_URL"] = "http://127.0.0.1:\(ports["bank"] ?? 0)"
            }
            // The image sets these variables.
            variables["QUAN_HTTP_HOST"] = "127.0.0.1"
            if name != "bank" { variables["QUAN_HTTP_PORT"] = String(ports[name] ?? 0) }
            variables["PATH"] = "/usr/bin:/bin"
            return variables
        }

        /// Replaces the hosts in URLs by local addresses.
        func addresses(_ urls: String) -> String {
            ports.reduce(urls) { $0.replacing("http://\($1.key):8080", with: "http://127.0.0.1:\($1.value)") }
        }

        func arguments(_ service: ComposeFile.Service, of name: String) -> [String] {
            (service.command ?? []).map { argument in
                switch argument {
                case "0.0.0.0": "127.0.0.1"
                case "8080": String(ports[name] ?? 0)
                default: argument.replacing("/var/lib/quan/files", with: state.path)
                }
            }
        }
    }

    private func stop() async {
        await withTaskGroup(of: Void.self) { group in
            for child in children { group.addTask { await child.stop(within: .seconds(20)) } }
        }
        await broker.close()
        await server.discard()
        state.discard()
    }

    /// Runs a job of the file.
    func runJob(_ name: String) async throws -> Command {
        let job = try file.service(name)
        let words = try #require(job.entrypoint).map {
            $0.replacing("/opt/quan/service", with: Command.quan)
                .replacing("/opt/quan/programmes", with: Command.repository + "/Shared/Programmes")
        }
        var variables = substitutes.environment(job, of: name)
        if let urls = variables["QUAN_SERVICES_URL"] { variables["QUAN_SERVICES_URL"] = substitutes.addresses(urls) }
        return try await Command.run("/usr/bin/env", ["-i"] + variables.map { "\($0.key)=\($0.value)" } + words)
    }

    /// Runs a health check of the file against the local program.
    func isHealthy(_ name: String) async throws -> Bool {
        let check = try #require(try file.service(name).healthcheck?.test)
        let probe = Command.repository + "/deploy/probe.sh"
        let port = substitutes.ports[name]
        let words = check.dropFirst().map { $0.replacing("/opt/quan/probe", with: probe) }
        let command = check.first == "CMD-SHELL" ? ["/bin/sh", "-c"] + words : Array(words)
        return try await Command.run(command[0], Array(command.dropFirst()), environment: ["QUAN_HTTP_PORT": String(port ?? 0)]).status == 0
    }

    /// The topics to which a service has published.
    func topicsWritten(by name: String) async throws -> Set<String> {
        let listed = try await Command.run(
            "/usr/bin/psql",
            [
                "--no-psqlrc", "-h", server.folder, "-p", String(server.port), "-U", name, "-d", name, "-Atc",
                "select distinct topic from outbox",
            ], environment: ["PGPASSWORD": file.secrets["QUAN_\(name.uppercased())_DATABASE_PASSWORD"] ?? ""])
        try #require(listed.status == 0, "\(listed.errors)")
        return Set(listed.output.split(separator: "\n").map(String.init))
    }

    /// The ends of the programs' logs, for a failed test.
    func logs() -> String {
        ComposeFile.quanServices.map { name in
            let log = (try? String(contentsOfFile: state.path + "/logs/\(name).log", encoding: .utf8)) ?? ""
            return "== \(name)\n\(log.suffix(1500))"
        }.joined(separator: "\n")
    }
}
