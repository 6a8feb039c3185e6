import Foundation
import Kafka
import Logging
import ServiceHost
import Testing

@testable import Operations

/// Loads the Kafka settings of each program in docker-compose.yml into librdkafka.
@Suite("Kafka clients in docker-compose.yml")
struct KafkaClientTests {
    private static let programs = ComposeFile.quanServices + ["programmes"]

    /// The Kafka configuration of a program in the file, read as the program reads it.
    private static func configuration(_ name: String, in file: ComposeFile) throws -> KafkaConfiguration {
        var variables = try file.service(name).variables.filter { $0.key.hasPrefix("QUAN_KAFKA_") }
        // The path at which the certificate is mounted in the container is replaced by its path here.
        #expect(variables["QUAN_KAFKA_PROPERTIES_SSL_CA_LOCATION"] == "/etc/quan/kafka-ca.pem")
        variables["QUAN_KAFKA_PROPERTIES_SSL_CA_LOCATION"] = file.folder + "/deploy/tls/ca.pem"
        guard case .run(let settings) = try SettingsRequest.read(arguments: [], environment: variables, declarations: HostSettings.all)
        else {
            throw CommandError("no settings")
        }
        return KafkaConfiguration(
            bootstrapServers: settings[HostSettings.kafkaBootstrapServers].joined(separator: ","), clientID: "\(name)-test",
            properties: settings[HostSettings.kafkaProperties])
    }

    /// Creates a client of each kind that a service uses.
    private static func load(_ configuration: KafkaConfiguration) async throws {
        var logger = Logger(label: "test")
        // There are no brokers at these addresses.
        logger.logLevel = .critical
        let admin = try KafkaAdmin(configuration, logger: logger)
        await admin.close(deadline: .seconds(5))
        let producer = try KafkaProducer(configuration, logger: logger)
        await producer.close(deadline: .seconds(5))
        let consumer = try KafkaConsumer(
            configuration, options: KafkaConsumerOptions(mode: .group("test"), topics: ["test"]), logger: logger)
        await consumer.close(deadline: .seconds(5))
    }

    @Test("librdkafka accepts each program's settings: TLS with verification, and the program's own user and password", arguments: programs)
    func loaded(name: String) async throws {
        let file = try await ComposeFile.shared()
        let configuration = try Self.configuration(name, in: file)
        let user = name == "programmes" ? "quan" : name
        #expect(configuration.properties["security.protocol"] == "SASL_SSL")
        #expect(configuration.properties["sasl.username"] == user)
        let brokers = try file.service("kafka-1").variables
        let password = try #require(configuration.properties["sasl.password"])
        #expect(brokers["KAFKA_LISTENER_NAME_CLIENTS_PLAIN_SASL_JAAS_CONFIG"]?.contains("user_\(user)=\"\(password)\"") == true)
        try await Self.load(configuration)
    }

    @Test("this test fails for settings that librdkafka rejects: an unknown mechanism, a missing certificate")
    func refused() async throws {
        let file = try await ComposeFile.shared()
        var other = try Self.configuration("ordering", in: file)
        other.properties["sasl.mechanism"] = "NONE-SUCH"
        await #expect(throws: KafkaError.self) { try await Self.load(other) }
        other = try Self.configuration("ordering", in: file)
        other.properties["ssl.ca.location"] = file.folder + "/none.pem"
        await #expect(throws: KafkaError.self) { try await Self.load(other) }
    }

    @Test("every listener of the brokers uses TLS and a password, and access without a right is denied")
    func brokers() async throws {
        let file = try await ComposeFile.shared()
        for name in ["kafka-1", "kafka-2", "kafka-3"] {
            let settings = try file.service(name).variables
            let listeners = (settings["KAFKA_LISTENERS"] ?? "").split(separator: ",").compactMap { $0.split(separator: ":").first }
            let protocols = (settings["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"] ?? "").split(separator: ",").map(String.init)
            #expect(Set(protocols) == Set(listeners.map { "\($0):SASL_SSL" }))
            #expect(settings["KAFKA_SASL_ENABLED_MECHANISMS"] == "PLAIN")
            #expect(settings["KAFKA_AUTHORIZER_CLASS_NAME"] == "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
            #expect(settings["KAFKA_ALLOW_EVERYONE_IF_NO_ACL_FOUND"] == "false")
            #expect(settings["KAFKA_SUPER_USERS"] == "User:broker;User:setup")
            #expect(settings["KAFKA_ADVERTISED_LISTENERS"] == "CLIENTS://\(name):9092,BROKERS://\(name):9094")
        }
    }
}
