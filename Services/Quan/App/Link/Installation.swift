import Foundation
import Kafka
import Logging
import Messages
import Messaging

/// The running installation that a command is about.
struct Installation: Sendable {
    /// Its services, and where each answers HTTP.
    let services: [PlatformRecord.Service]
    let kafka: KafkaConfiguration
    /// Where the portal is.
    let portal: String

    /// Finds it by the first of these: the state folder that is named, the Kafka that is named, the Kafka of the environment, the standard state
    /// folder. Where the installation of the standard folder uses the Kafka of the environment, it is that one.
    init(_ option: InstallationOption, environment: [String: String] = ProcessInfo.processInfo.environment) throws {
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

    /// The installation of a record. The environment's properties are those of the environment's Kafka: an installation with another one, such as
    /// the embedded broker, gets none of them.
    init(record: PlatformRecord, environment: [String: String] = ProcessInfo.processInfo.environment) {
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

    /// The services of one URL for all, or of a list.
    private static func services(_ urls: String) throws -> [PlatformRecord.Service] {
        guard urls.contains("=") else { return try PlatformService.all.map { try PlatformRecord.Service(name: $0.name, url: urls) } }
        return try urls.split(separator: ",").map { part in
            let sides = part.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            guard sides.count == 2, PlatformService.all.contains(where: { $0.name == sides[0] }) else {
                throw Complaint(
                    "'\(part)' is no service=url; the services are \(PlatformService.all.map(\.name).joined(separator: ", "))")
            }
            return try PlatformRecord.Service(name: sides[0], url: sides[1])
        }
    }

    /// A service by its name. Throws a `Complaint` that names those there are.
    func service(_ name: String) throws -> PlatformRecord.Service {
        guard let found = services.first(where: { $0.name == name }) else {
            throw Complaint("there is no service '\(name)'; there are: \(services.map(\.name).joined(separator: ", "))")
        }
        return found
    }

    /// Opens a link to the services, and closes it after.
    func linked<R: Sendable>(_ body: (OperatorLink) async throws -> R) async throws -> R {
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
    func link() async throws -> OperatorLink {
        var logger = Logger(label: "quan") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .critical
        do {
            return try await OperatorLink(source: "quan", kafka: kafka, logger: logger)
        } catch let error as KafkaError {
            throw Complaint("Kafka at \(kafka.bootstrapServers) cannot be used: \(error)")
        }
    }
}

/// Kafka as the environment describes it, by the names that services read.
enum InstallationKafka {
    static let servers = "QUAN_KAFKA_BOOTSTRAP_SERVERS"
    private static let properties = "QUAN_KAFKA_PROPERTIES_"

    /// The client configuration for these servers, with the properties that the environment gives.
    static func configuration(_ servers: String, environment: [String: String]) -> KafkaConfiguration {
        let given = environment.filter { $0.key.hasPrefix(properties) }
        let named = given.map { ($0.key.dropFirst(properties.count).lowercased().replacing("_", with: "."), $0.value) }
        return KafkaConfiguration(
            bootstrapServers: servers, clientID: "quan", properties: Dictionary(named) { first, _ in first })
    }
}

extension PlatformRecord.Service {
    /// A service of an installation that `quan up` did not start. `url` is its address, in which `*` stands for its name. Throws a `Complaint` where
    /// the URL is malformed.
    init(name: String, url: String) throws {
        let own = url.replacing("*", with: name)
        guard let parsed = URL(string: own), parsed.scheme == "http", let host = parsed.host(), parsed.path.isEmpty || parsed.path == "/"
        else { throw Complaint("'\(url)' is not where services are: give it as http://*:8080, where * stands for a service's name") }
        self.init(name: name, pid: 0, httpPort: parsed.port ?? 80, host: host)
    }
}

extension Outcome {
    /// The outcome of a command that was done. Throws a `Complaint` that tells the refusal of one that was not.
    func orComplain() throws -> Outcome {
        guard let refusal else { return self }
        throw Complaint(refusal.told)
    }

    /// What the handler answered.
    func answer<A: Decodable>(_ type: A.Type) throws -> A {
        do {
            return try MessageBody.decode(type, from: Array((result ?? "null").utf8))
        } catch {
            throw Complaint("the answer to \(commandType) is not what was expected: \(error)")
        }
    }
}
