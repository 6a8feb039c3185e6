import Kafka
import Testing

@Suite("Configuration") struct ConfigurationTests {
    private func refusal(_ properties: [String: String]) -> KafkaError? {
        let configuration = KafkaConfiguration(bootstrapServers: "127.0.0.1:1", clientID: "test", properties: properties)
        return #expect(throws: KafkaError.self) {
            _ = try KafkaConsumer(configuration, options: .group(), logger: .quiet)
        }
    }

    @Test("an unknown property is refused by name")
    func unknown() throws {
        let error = try #require(refusal(["no.such.property": "1"]))
        #expect(error.reason.contains("no.such.property"))
    }

    @Test("an invalid value is refused by its property's name, and the error does not contain the value")
    func badValue() throws {
        let error = try #require(refusal(["security.protocol": "hunter2"]))
        #expect(error.reason.contains("security.protocol"))
        #expect(!error.reason.contains("hunter2"))
    }

    @Test(
        "a reserved property cannot be overridden",
        arguments: [
            "enable.auto.offset.store", "auto.offset.reset", "partition.assignment.strategy", "group.id", "bootstrap.servers",
            "allow.auto.create.topics",
        ])
    func reserved(_ name: String) throws {
        #expect(try #require(refusal([name: "x"])).reason.contains(name))
    }

    @Test("SASL and TLS settings are passed through: librdkafka reports a missing certificate")
    func passedThrough() async throws {
        let configuration = KafkaConfiguration(
            bootstrapServers: "127.0.0.1:1", clientID: "test",
            properties: [
                "security.protocol": "sasl_ssl", "sasl.mechanisms": "PLAIN", "sasl.username": "u", "sasl.password": "p",
                "ssl.ca.location": "/no/such/file.pem",
            ])
        let error = #expect(throws: KafkaError.self) { _ = try KafkaProducer(configuration, logger: .quiet) }
        #expect(error?.reason.contains("ssl.ca.location") == true)
    }

    @Test("a consumer without topics is refused")
    func noTopics() {
        let configuration = KafkaConfiguration(bootstrapServers: "127.0.0.1:1", clientID: "test")
        #expect(throws: KafkaError.self) { _ = try KafkaConsumer(configuration, options: .group("g", []), logger: .quiet) }
    }
}
