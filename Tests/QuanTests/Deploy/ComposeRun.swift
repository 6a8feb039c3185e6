import Foundation
import Kafka
import LocalPostgres
import Messages
import TestKit
import Testing

@testable import quan

/// The environment of docker-compose.yml run by hand: each program with what the file gives it, on this machine.
///
/// What a container's network and volumes would do is replaced, and nothing else: the names of hosts by addresses here (with the
/// port each program listens on), paths of volumes by a folder here. The test's broker is librdkafka's mock cluster, which has
/// neither TLS nor passwords: the addresses of the brokers are its own, and the properties by which a client proves itself are left out.
final class ComposeRun: Sendable {
    let file: ComposeFile
    let record: PlatformRecord
    private let state: StateFolder
    private let server: PrivatePostgres
    private let broker: EmbeddedBroker
    private let place: Place
    private let children: [Child]

    private init(file: ComposeFile, record: PlatformRecord, place: Place, children: [Child]) {
        (self.file, self.record, self.place, self.children) = (file, record, place, children)
        (state, server, broker) = (place.state, place.server, place.broker)
    }

    /// Where `quan` finds it.
    var folder: String { state.path }

    /// Starts what the file starts, lets `play` use it, and ends it.
    static func with(_ file: ComposeFile, _ play: (ComposeRun) async throws -> Void) async throws {
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
        let place = Place(server: server, broker: broker, state: state, ports: ports)
        var services: [PlatformRecord.Service] = []
        var children: [Child] = []
        for name in names {
            let service = try file.service(name)
            let product = try #require(service.build?.args["PRODUCT"])
            let program = URL(filePath: Command.quan).deletingLastPathComponent().appending(path: product).path
            let child = try await Child.start(
                [program] + place.arguments(service, of: name), environment: place.environment(service, of: name), log: state.log(of: name))
            children.append(child)
            if name != "bank" { services.append(PlatformRecord.Service(name: name, pid: child.pid, httpPort: ports[name] ?? 0)) }
        }
        let record = PlatformRecord(
            pid: ProcessInfo.processInfo.processIdentifier, kafkaBootstrapServers: broker.bootstrapServers, databaseHost: server.folder,
            databasePort: server.port, portal: "http://127.0.0.1:\(ports["portal"] ?? 0)",
            signIn: "http://127.0.0.1:\(ports["identity"] ?? 0)/sandbox/token", bank: nil, isRehearsal: true, readyAt: nil,
            services: services)
        try record.write(in: state)
        let run = ComposeRun(file: file, record: record, place: place, children: children)
        do {
            try await play(run)
        } catch {
            await run.end()
            throw error
        }
        await run.end()
    }

    /// What stands in the place of a network and of volumes.
    private struct Place: Sendable {
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
            // The image's own.
            variables["QUAN_HTTP_HOST"] = "127.0.0.1"
            if name != "bank" { variables["QUAN_HTTP_PORT"] = String(ports[name] ?? 0) }
            variables["PATH"] = "/usr/bin:/bin"
            return variables
        }

        /// The same URLs on this machine.
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

    private func end() async {
        await withTaskGroup(of: Void.self) { group in
            for child in children { group.addTask { await child.stop(within: .seconds(20)) } }
        }
        await broker.close()
        await server.discard()
        state.discard()
    }

    /// Runs a job of the file, which ends by itself.
    func runJob(_ name: String) async throws -> Command {
        let job = try file.service(name)
        let words = try #require(job.entrypoint).map {
            $0.replacing("/opt/quan/service", with: Command.quan)
                .replacing("/opt/quan/programmes", with: Command.repository + "/Shared/Programmes")
        }
        var variables = place.environment(job, of: name)
        if let urls = variables["QUAN_SERVICES_URL"] { variables["QUAN_SERVICES_URL"] = place.addresses(urls) }
        return try await Command.run("/usr/bin/env", ["-i"] + variables.map { "\($0.key)=\($0.value)" } + words)
    }

    /// Runs a health check of the file against the program that stands for the container.
    func isHealthy(_ name: String) async throws -> Bool {
        let check = try #require(try file.service(name).healthcheck?.test)
        let probe = Command.repository + "/deploy/probe.sh"
        let port = place.ports[name]
        let words = check.dropFirst().map { $0.replacing("/opt/quan/probe", with: probe) }
        let command = check.first == "CMD-SHELL" ? ["/bin/sh", "-c"] + words : Array(words)
        return try await Command.run(command[0], Array(command.dropFirst()), environment: ["QUAN_HTTP_PORT": String(port ?? 0)]).status == 0
    }

    /// The topics that a service has had something published on.
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

    /// The end of a program's log, for a test that failed.
    func logs() -> String {
        ComposeFile.quanServices.map { name in
            let log = (try? String(contentsOfFile: state.path + "/logs/\(name).log", encoding: .utf8)) ?? ""
            return "== \(name)\n\(log.suffix(1500))"
        }.joined(separator: "\n")
    }
}
