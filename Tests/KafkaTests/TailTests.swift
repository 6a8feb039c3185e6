import Testing

@testable import Kafka

@Suite("A consumer in mode tail") struct TailTests {
    private static let options = KafkaConsumerOptions(mode: .tail, topics: ["t"], startDeadline: .seconds(20))

    @Test("records sent before the start are skipped; records sent after it are read, from every partition")
    func fromTheEnd() async throws {
        try await KafkaFixture.run(topics: [("t", 3)]) { fixture in
            for partition in Int32(0)..<3 { try await fixture.send(["before"], partition: partition) }
            let consumer = try await fixture.consumer(Self.options)
            for partition in Int32(0)..<3 { try await fixture.send(["after \(partition)"], partition: partition) }
            #expect(Set(try await consumer.take(3).compactMap(\.text)) == ["after 0", "after 1", "after 2"])
            let other = try await fixture.consumer(Self.options)
            try await fixture.send(["for both"])
            #expect(try await consumer.take(1).map(\.text) == ["for both"])
            #expect(try await other.take(1).map(\.text) == ["for both"])
        }
    }

    @Test("without a broker the start fails by its deadline, and may be called again when the broker is up", .timeLimit(.minutes(1)))
    func noBroker() async throws {
        try await KafkaFixture.run { fixture in
            try fixture.broker.setDown()
            var options = Self.options
            options.startDeadline = .milliseconds(300)
            let consumer = try KafkaConsumer(fixture.configuration, options: options, logger: .quiet)
            let error = await #expect(throws: KafkaError.self) { try await consumer.start() }
            #expect(error?.isRetriable == true)
            try fixture.broker.setUp()
            try await eventually("the start") { (try? await consumer.start()) != nil }
            try await fixture.send(["0"])
            #expect(try await consumer.take(1).map(\.text) == ["0"])
            await consumer.close(deadline: .seconds(5))
        }
    }

    @Test("after a fatal error it continues at its position")
    func fatal() async throws {
        try await KafkaFixture.run { fixture in
            let consumer = try await fixture.consumer(Self.options)
            try await fixture.send(["0"])
            #expect(try await consumer.take(1).map(\.text) == ["0"])
            try consumer.raiseFatalError()
            try await fixture.send(["1"])
            #expect(try await consumer.take(1).map(\.text) == ["1"])
        }
    }

    @Test("partitions that are added later are read from their beginning")
    func growth() async throws {
        try await KafkaFixture.run(topics: [("t", 1)]) { fixture in
            let consumer = try await fixture.consumer(Self.options)
            try fixture.broker.createTopic("u", partitions: 3)
            try await fixture.send(["grown"], to: "u", partition: 2)
            consumer.discover([TopicPartition(topic: "t", partition: 0), TopicPartition(topic: "u", partition: 2)])
            #expect(try await consumer.take(1).map(\.text) == ["grown"])
            try await fixture.send(["old"])
            #expect(try await consumer.take(1).map(\.text) == ["old"])
        }
    }
}
