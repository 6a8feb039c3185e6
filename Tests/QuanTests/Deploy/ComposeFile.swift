import Foundation
import Synchronization
import Testing
import Yams

/// docker-compose.yml as Docker Compose resolves it, with secrets in a temporary folder.
struct ComposeFile: Sendable {
    /// The properties of a service that tests check.
    struct Service: Decodable, Sendable {
        struct Dependency: Decodable, Sendable, Hashable {
            let condition: String
        }

        struct HealthCheck: Decodable, Sendable {
            let test: [String]?
            let disable: Bool?
            let startPeriod: String?

            enum CodingKeys: String, CodingKey {
                case test, disable
                case startPeriod = "start_period"
            }
        }

        struct Log: Decodable, Sendable {
            let driver: String
            let options: [String: String]
        }

        struct Build: Decodable, Sendable {
            let args: [String: String]
        }

        let image: String?
        let build: Build?
        let command: [String]?
        let entrypoint: [String]?
        let environment: [String: Text]?
        let dependsOn: [String: Dependency]?
        let healthcheck: HealthCheck?
        let logging: Log?
        let profiles: [String]?
        let ports: [Text]?
        let restart: String?
        let tmpfs: [String]?
        let readOnly: Bool?
        let capDrop: [String]?
        let securityOpt: [String]?
        let memLimit: Text?
        let cpus: Double?
        let pidsLimit: Int?

        enum CodingKeys: String, CodingKey {
            case image, build, command, entrypoint, environment, healthcheck, logging, profiles, ports, restart, tmpfs, cpus
            case dependsOn = "depends_on"
            case readOnly = "read_only"
            case capDrop = "cap_drop"
            case securityOpt = "security_opt"
            case memLimit = "mem_limit"
            case pidsLimit = "pids_limit"
        }

        /// The container's environment.
        var variables: [String: String] { (environment ?? [:]).mapValues(\.text) }
        /// Whether the container is a job, which ends by itself.
        var isJob: Bool { restart == "no" }
    }

    /// A value that may be a text, a number or null.
    struct Text: Decodable, Sendable {
        let text: String

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                text = ""
            } else if let integer = try? container.decode(Int.self) {
                text = String(integer)
            } else {
                text = try container.decode(String.self)
            }
        }
    }

    private struct File: Decodable {
        let services: [String: Service]
    }

    /// The names of Quan's services in the file.
    static let quanServices = ["catalogue", "identity", "ordering", "redemption", "payout", "timer", "portal"]
    static let path = Command.repository + "/docker-compose.yml"

    /// The folder of `.env` and the certificates.
    let folder: String
    let services: [String: Service]
    /// The variables in `.env`.
    let secrets: [String: String]

    /// The file resolved with a sandbox's secrets, shared by all tests that only read it.
    static func shared() async throws -> ComposeFile { try await only.value }

    private static let only = Task {
        let file = try await resolved()
        sharedFolder.withLock { $0 = file.folder }
        atexit { try? FileManager.default.removeItem(atPath: sharedFolder.withLock { $0 }) }
        return file
    }

    /// Makes secrets with the script in deploy/, overrides `settings`, and resolves the file with them.
    static func resolved(_ settings: [String: String] = [:]) async throws -> ComposeFile {
        let folder = FileManager.default.temporaryDirectory.appending(path: "quan-compose-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let made = try await Command.run(Command.repository + "/deploy/make-secrets.sh", ["--sandbox", folder])
        try #require(made.status == 0, "\(made.errors)")
        var lines = try String(contentsOfFile: folder + "/.env", encoding: .utf8).split(separator: "\n").map(String.init)
        for (name, value) in settings {
            let index = try #require(lines.firstIndex { $0.hasPrefix(name + "=") }, "\(name) is not in .env")
            lines[index] = "\(name)=\(value)"
        }
        try lines.joined(separator: "\n").write(toFile: folder + "/.env", atomically: true, encoding: .utf8)
        let result = try await config(["--env-file", folder + "/.env"])
        try #require(result.status == 0, "\(result.errors)")
        let secrets = lines.filter { !$0.hasPrefix("#") }.compactMap { line -> (String, String)? in
            let parts = line.split(separator: "=", maxSplits: 1)
            return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
        }
        return ComposeFile(
            folder: folder, services: try YAMLDecoder().decode(File.self, from: result.output).services,
            secrets: Dictionary(uniqueKeysWithValues: secrets))
    }

    /// Validates and resolves the file with Docker Compose, which needs no engine for that.
    static func config(_ options: [String]) async throws -> Command {
        // The environment of this process must not influence the file.
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return try await Command.run(
            "/usr/bin/env", ["-i", "PATH=\(path)", "docker-compose", "--file", Self.path] + options + ["config"], in: "/")
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    func service(_ name: String) throws -> Service { try #require(services[name], "there is no service \(name)") }
}

/// The folder to remove when the tests end.
private let sharedFolder = Mutex("")

extension String {
    /// Writes the text to a file.
    func write(toFile path: String, atomically: Bool, encoding: String.Encoding) throws {
        try write(to: URL(filePath: path), atomically: atomically, encoding: encoding)
    }
}
