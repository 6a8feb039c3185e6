import Foundation
package import Kafka
import Logging
package import Messages
import StrictJSON

/// The running installation on which a command operates.
package struct Installation: Sendable {
    /// Its services with their HTTP addresses.
    package let services: [PlatformRecord.Service]
    package let kafka: KafkaConfiguration
    /// The portal's URL.
    package let portal: String

    /// Finds the installation by `--kafka`, else by `--state`, else by the Kafka servers in the environment, else by the default state
    /// folder. If the installation in the default folder uses the Kafka servers of the environment, it is chosen.
    package init(_ option: InstallationOption, environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        let servers = option.kafka ?? (option.place.state == nil ? environment[InstallationKafka.servers] : nil)
        if let servers, !servers.isEmpty {
            let local = option.kafka == nil ? try? PlatformRecord.read(in: option.place.path) : nil
            guard local?.kafkaBootstrapServers != servers else {
                self = Installation(record: try PlatformRecord.read(in: option.place.path), environment: environment)
                return
            }
            try self.init(kafka: servers, servicesURL: option.servicesURL, environment: environment)
        } else {
            self = Installation(record: try PlatformRecord.read(in: option.place.path), environment: environment)
        }
    }

    /// The installation of a record. It gets the environment's Kafka properties only if it uses the environment's Kafka servers: they do
    /// not fit others, such as the embedded broker.
    package init(record: PlatformRecord, environment: [String: String] = ProcessInfo.processInfo.environment) {
        services = record.services
        portal = record.portal
        let isOfTheEnvironment = environment[InstallationKafka.servers] == record.kafkaBootstrapServers
        kafka = InstallationKafka.configuration(record.kafkaBootstrapServers, environment: isOfTheEnvironment ? environment : [:])
    }

    private init(kafka servers: String, servicesURL: String?, environment: [String: String]) throws {
        let urls = servicesURL ?? environment[Self.servicesURL] ?? "http://*:8080"
        services = try Self.services(urls)
        portal = services.first { $0.name == "portal" }.map { "http://\($0.address)" } ?? "(none)"
        kafka = InstallationKafka.configuration(servers, environment: environment)
    }

    private static let servicesURL = "QUAN_SERVICES_URL"

    /// Parses one URL with `*` for all services, or a list of `service=url`.
    private static func services(_ urls: String) throws -> [PlatformRecord.Service] {
        guard urls.contains("=") else { return try PlatformService.all.map { try PlatformRecord.Service(name: $0.name, url: urls) } }
        return try urls.split(separator: ",").map { part in
            let sides = part.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            guard sides.count == 2, PlatformService.all.contains(where: { $0.name == sides[0] }) else {
                throw CommandError(
                    "'\(part)' is not service=url; the services are \(PlatformService.all.map(\.name).joined(separator: ", "))")
            }
            return try PlatformRecord.Service(name: sides[0], url: sides[1])
        }
    }

    /// A service by its name. Throws a `CommandError` that lists the services if there is none.
    package func service(_ name: String) throws -> PlatformRecord.Service {
        guard let found = services.first(where: { $0.name == name }) else {
            throw CommandError("there is no service '\(name)'; the services are: \(services.map(\.name).joined(separator: ", "))")
        }
        return found
    }

    /// Opens a link to the services, runs `body`, and closes the link.
    package func linked<R: Sendable>(_ body: (OperatorLink) async throws -> R) async throws -> R {
        let link = try await link()
        do {
            let result = try await body(link)
            await link.close()
            return result
        } catch {
            await link.close()
            throw error
        }
    }

    /// Opens a link. The caller closes it.
    package func link() async throws -> OperatorLink {
        var logger = Logger(label: "quan") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .critical
        do {
            return try await OperatorLink(source: "quan", kafka: kafka, logger: logger)
        } catch let error as KafkaError {
            throw CommandError("cannot connect to Kafka at \(kafka.bootstrapServers): \(error)")
        }
    }
}

/// The Kafka configuration in the environment, by the variables that services read.
enum InstallationKafka {
    static let servers = "QUAN_KAFKA_BOOTSTRAP_SERVERS"
    private static let properties = "QUAN_KAFKA_PROPERTIES_"

    /// The client configuration for these servers, with the properties of the environment.
    static func configuration(_ servers: String, environment: [String: String]) -> KafkaConfiguration {
        let given = environment.filter { $0.key.hasPrefix(properties) }
        let named = given.map { ($0.key.dropFirst(properties.count).lowercased().replacing("_", with: "."), $0.value) }
        return KafkaConfiguration(
            bootstrapServers: servers, clientID: "quan", properties: Dictionary(named) { first, _ in first })
    }
}

extension PlatformRecord.Service {
    /// A service of an installation that `quan up` did not start. `url` is its address, in which `*` stands for its name. Throws a
    /// `CommandError` if the URL is malformed.
    init(name: String, url: String) throws {
        let own = url.replacing("*", with: name)
        guard let parsed = URL(string: own), parsed.scheme == "http", let host = parsed.host(), parsed.path.isEmpty || parsed.path == "/"
        else { throw CommandError("'\(url)' is not an address of services: give it as http://*:8080, where * stands for a service's name") }
        self.init(name: name, pid: 0, httpPort: parsed.port ?? 80, host: host)
    }
}

extension Outcome {
    /// The outcome, if the command was not refused. Throws a `CommandError` with the refusal otherwise.
    package func orThrow() throws -> Outcome {
        guard let refusal else { return self }
        throw CommandError(refusal.terminalText)
    }

    /// Decodes the handler's answer.
    package func answer<A: Decodable>(_ type: A.Type) throws -> A {
        do {
            return try StrictJSON.decode(type, from: Array((result ?? "null").utf8))
        } catch {
            throw CommandError("cannot decode the answer to \(commandType): \(error)")
        }
    }
}
