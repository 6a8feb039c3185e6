import Kafka
import Testing

@Suite("Topics") struct AdminTests {
    @Test("a topic's partitions, leaders and replicas are described and awaited")
    func describe() async throws {
        try await KafkaFixture.run(brokers: 3, topics: [("t", 5)]) { fixture in
            let admin = try KafkaAdmin(fixture.configuration, logger: .quiet)
            try await admin.waitUntilAvailable([KafkaTopic(name: "t", partitions: 5, replication: 3)], deadline: .seconds(20))
            let topic = try #require(try await admin.describe(["t"], deadline: .seconds(10)).first)
            #expect(topic.partitions.map(\.id) == [0, 1, 2, 3, 4])
            for partition in topic.partitions {
                #expect(partition.replicas.count == 3)
                #expect(partition.leader.map { partition.replicas.contains($0) } == true)
            }
            await admin.close(deadline: .seconds(5))
        }
    }

    @Test("a topic that is missing or lacks replicas is named at the deadline", .timeLimit(.minutes(1)))
    func missing() async throws {
        try await KafkaFixture.run(topics: [("t", 2)]) { fixture in
            let admin = try KafkaAdmin(fixture.configuration, logger: .quiet)
            let error = await #expect(throws: KafkaError.self) {
                try await admin.waitUntilAvailable(
                    [
                        KafkaTopic(name: "t", partitions: 2, replication: 1),
                        KafkaTopic(name: "wanted", partitions: 50, replication: 3),
                    ], deadline: .milliseconds(500))
            }
            #expect(error?.reason.contains("wanted") == true)
            #expect(error?.reason.contains("t,") == false)
            await admin.close(deadline: .seconds(5))
        }
    }

    @Test("a cluster that does not answer admin calls causes an error by the deadline", .timeLimit(.minutes(1)))
    func unanswered() async throws {
        try await KafkaFixture.run { fixture in
            let admin = try KafkaAdmin(fixture.configuration, logger: .quiet)
            await #expect(throws: KafkaError.self) {
                try await admin.createTopics([KafkaTopic(name: "n", partitions: 1, replication: 1)], deadline: .seconds(1))
            }
            await #expect(throws: KafkaError.self) { try await admin.deleteTopics(["n"], deadline: .seconds(1)) }
            await #expect(throws: KafkaError.self) {
                try await admin.deleteRecords(before: [TopicPartition(topic: "t", partition: 0): 1], deadline: .seconds(1))
            }
            await admin.close(deadline: .seconds(5))
            await #expect(throws: KafkaError.self) { try await admin.describe(["t"], deadline: .seconds(1)) }
        }
    }

    @Test("the embedded broker creates topics, refuses a duplicate name, and refuses all calls after close")
    func embedded() async throws {
        let broker = try EmbeddedBroker(brokers: 2)
        try broker.createTopic("t", partitions: 3)
        let error = #expect(throws: KafkaError.self) { try broker.createTopic("t", partitions: 3) }
        #expect(error?.name == "TOPIC_ALREADY_EXISTS")
        #expect(broker.bootstrapServers.split(separator: ",").count == 2)
        await broker.close()
        await broker.close()
        #expect(throws: KafkaError.self) { try broker.createTopic("u", partitions: 1) }
    }
}
