import Kafka
import TestKit
import Testing

@Suite("Topic creation requests")
struct AdminRequestTests {
    private static let wanted = ["a", "b", "c"].map {
        KafkaTopic(name: $0, partitions: 8, replication: 3, configuration: ["min.insync.replicas": "2", "retention.ms": "1000"])
    }

    private static func with(
        verdict: @escaping AdminBroker.Verdict = { _ in (0, nil) }, _ body: (AdminBroker, KafkaAdmin) async throws -> Void
    ) async throws {
        let broker = try AdminBroker(verdict)
        let admin = try KafkaAdmin(
            KafkaConfiguration(bootstrapServers: broker.bootstrapServers, clientID: "test"), logger: .quiet)
        var failure: (any Error)?
        do { try await body(broker, admin) } catch { failure = error }
        await admin.close(deadline: .seconds(5))
        await broker.close()
        if let failure { throw failure }
    }

    @Test("one request creates all topics with their partitions, replicas and settings, and they exist at once")
    func one() async throws {
        try await Self.with { broker, admin in
            #expect(try await admin.createTopics(Self.wanted, deadline: .seconds(20)).isEmpty)
            #expect(broker.requests.count == 1)
            #expect(broker.requests.first?.map(\.name) == ["a", "b", "c"])
            #expect(broker.createdTopics["b"]?.partitions == 8 && broker.createdTopics["b"]?.copies == 3)
            #expect(broker.createdTopics["b"]?.settings == ["min.insync.replicas": "2", "retention.ms": "1000"])
            let found = try await admin.describe(["a", "b", "c", "d"], deadline: .seconds(20))
            #expect(found.map(\.partitions.count) == [8, 8, 8])
        }
    }

    @Test("a topic that exists already is no failure and is not changed")
    func exists() async throws {
        try await Self.with { broker, admin in
            #expect(try await admin.createTopics([Self.wanted[0]], deadline: .seconds(20)).isEmpty)
            let other = KafkaTopic(name: "a", partitions: 2, replication: 1)
            #expect(try await admin.createTopics([other, Self.wanted[1]], deadline: .seconds(20)).isEmpty)
            let found = try await admin.describe(["a", "b"], deadline: .seconds(20))
            #expect(found.map(\.partitions.count) == [8, 8])
        }
    }

    @Test(
        "a refusal is returned for its topic with Kafka's message; the other topics are created",
        arguments: [
            (44, "POLICY_VIOLATION", "Topics of this name are not allowed."),
            (38, "INVALID_REPLICATION_FACTOR", "Replication factor: 3 larger"),
            (29, "TOPIC_AUTHORIZATION_FAILED", "Not authorised."), (40, "INVALID_CONFIG", "Unknown setting."),
        ] as [(Int16, String, String)])
    func refused(code: Int16, name: String, message: String) async throws {
        try await Self.with(verdict: { $0.name == "b" ? (code, message) : (0, nil) }) { broker, admin in
            let failures = try await admin.createTopics(Self.wanted, deadline: .seconds(20))
            #expect(Set(failures.keys) == ["b"])
            #expect(failures["b"]?.code == Int32(code))
            #expect(failures["b"]?.description.contains(message) == true, "\(failures)")
            #expect(Set(broker.createdTopics.keys) == ["a", "c"])
        }
    }

    @Test("a cluster that does not answer causes a retriable error by the deadline", .timeLimit(.minutes(1)))
    func timeout() async throws {
        try await Self.with { broker, admin in
            _ = try await admin.describe(["a"], deadline: .seconds(20))
            broker.goDown()
            let error = await #expect(throws: KafkaError.self) {
                _ = try await admin.createTopics(Self.wanted, deadline: .seconds(1))
            }
            #expect(error?.isRetriable == true, "\(String(describing: error))")
        }
    }

    @Test("the settings of topics are read; an unknown topic is omitted")
    func settings() async throws {
        try await Self.with { broker, admin in
            _ = try await admin.createTopics(Self.wanted, deadline: .seconds(20))
            let settings = try await admin.settings(of: ["a", "x"], deadline: .seconds(20))
            #expect(settings == ["a": ["min.insync.replicas": "2", "retention.ms": "1000"]])
        }
    }

    @Test("describing topics and sending to a missing one creates no topic, even on a broker with auto-creation")
    func noneByAsking() async throws {
        let broker = try EmbeddedBroker(topics: [("t", 2)])
        let kafka = KafkaConfiguration(bootstrapServers: broker.bootstrapServers, clientID: "test")
        let producer = try KafkaProducer(kafka, options: KafkaProducerOptions(messageTimeout: .seconds(2)), logger: .quiet)
        let consumer = try KafkaConsumer(kafka, options: .group("g", ["t", "missing"]), logger: .quiet)
        try await consumer.start()
        // The broker has answered the consumer's request for the missing topic.
        _ = try await consumer.event("the missing topic") { event -> KafkaError? in
            if case .error(let error) = event, error.isUnknownTopic { return error }
            return nil
        }
        let error = await #expect(throws: KafkaError.self) { try await producer.partitionCount(of: "missing", deadline: .seconds(20)) }
        #expect(error?.isUnknownTopic == true)
        let sent = await producer.send([KafkaProducerRecord(topic: "missing", partition: 0, key: nil, value: [1])])
        #expect(throws: KafkaError.self) { try sent[0].get() }
        #expect(Set(try await producer.topics(deadline: .seconds(20)).keys) == ["t"])
        await consumer.close(deadline: .seconds(5))
        await producer.close(deadline: .seconds(5))
        await broker.close()
    }
}
