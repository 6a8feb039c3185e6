import Testing

@testable import Kafka

@Suite("A tail of reply topics") struct TailTests {
    private static let options = KafkaConsumerOptions(mode: .tail, topics: ["t"], startDeadline: .seconds(20))

    @Test("what was sent before the start is passed over; all that is sent after it comes, from every partition")
    func fromTheEnd() async throws {
        try await Bench.run(topics: [("t", 3)]) { bench in
            for partition in Int32(0)..<3 { try await bench.send(["before"], partition: partition) }
            let consumer = try await bench.consumer(Self.options)
            for partition in Int32(0)..<3 { try await bench.send(["after \(partition)"], partition: partition) }
            #expect(Set(try await consumer.take(3).compactMap(\.text)) == ["after 0", "after 1", "after 2"])
            let other = try await bench.consumer(Self.options)
            try await bench.send(["for both"])
            #expect(try await consumer.take(1).map(\.text) == ["for both"])
            #expect(try await other.take(1).map(\.text) == ["for both"])
        }
    }

    @Test("without a broker the start fails by its deadline and may be called again once there is one")
    func noBroker() async throws {
        try await Bench.run { bench in
            try bench.broker.setDown()
            var options = Self.options
            options.startDeadline = .milliseconds(300)
            let consumer = try KafkaConsumer(bench.configuration, options: options, logger: .quiet)
            let error = await #expect(throws: KafkaError.self) { try await consumer.start() }
            #expect(error?.isRetriable == true)
            try bench.broker.setUp()
            try await eventually("the start") { (try? await consumer.start()) != nil }
            try await bench.send(["0"])
            #expect(try await consumer.take(1).map(\.text) == ["0"])
            await consumer.close(deadline: .seconds(5))
        }
    }

    @Test("after a fatal error it goes on where it stood")
    func fatal() async throws {
        try await Bench.run { bench in
            let consumer = try await bench.consumer(Self.options)
            try await bench.send(["0"])
            #expect(try await consumer.take(1).map(\.text) == ["0"])
            consumer.raiseFatalErrorForTests()
            try await bench.send(["1"])
            #expect(try await consumer.take(1).map(\.text) == ["1"])
        }
    }

    @Test("partitions that come later are read from their beginning")
    func growth() async throws {
        try await Bench.run(topics: [("t", 1)]) { bench in
            let consumer = try await bench.consumer(Self.options)
            try bench.broker.createTopic("u", partitions: 3)
            try await bench.send(["grown"], to: "u", partition: 2)
            consumer.offerForTests([TopicPartition(topic: "t", partition: 0), TopicPartition(topic: "u", partition: 2)])
            #expect(try await consumer.take(1).map(\.text) == ["grown"])
            try await bench.send(["old"])
            #expect(try await consumer.take(1).map(\.text) == ["old"])
        }
    }
}
