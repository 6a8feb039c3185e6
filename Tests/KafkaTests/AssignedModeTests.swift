import Testing

@testable import Kafka

@Suite("A consumer in mode assigned: a group's offsets without membership") struct AssignedModeTests {
    private static func options(_ topics: [String] = ["t"]) -> KafkaConsumerOptions {
        KafkaConsumerOptions(mode: .assigned("g"), topics: topics, commitInterval: .milliseconds(100))
    }

    @Test("it reads every partition without a rebalance, and its successor starts after the completed records")
    func doneCommits() async throws {
        try await KafkaFixture.run(topics: [("t", 3)]) { fixture in
            // A request to join would be refused for a long time.
            try fixture.broker.pushErrors(api: .joinGroup, codes: Array(repeating: 81, count: 1000))
            for partition in Int32(0)..<3 { try await fixture.send(["0", "1"], partition: partition) }
            let first = try await fixture.consumer(Self.options())
            #expect(try await first.assigned().count == 3)
            #expect(try await first.take(6).count == 6)
            await first.close(deadline: .seconds(5))
            for partition in Int32(0)..<3 { try await fixture.send(["2"], partition: partition) }
            let second = try await fixture.consumer(Self.options())
            #expect(try await second.take(3).compactMap(\.text) == ["2", "2", "2"])
        }
    }

    @Test("completed records are committed while it runs; the successor of a killed one repeats little and waits for no session timeout")
    func commitsOnTheWay() async throws {
        try await KafkaFixture.run { fixture in
            try await fixture.send(["0", "1", "2"])
            let first = try await fixture.consumer(Self.options())
            _ = try await first.take(2)
            let reader = try fixture.committedReader("g")
            try await eventually("the commit of offset 2") {
                try reader.committed([TopicPartition(topic: "t", partition: 0)], deadline: .now + .seconds(5)).first?.offset == 2
            }
            reader.destroy()
            // The first consumer does not leave, like one that was killed.
            let second = try await fixture.consumer(Self.options())
            #expect(try await second.take(1).map(\.text) == ["2"])
        }
    }

    @Test("a partition without a committed offset is read from its beginning, and the position loss is reported")
    func noOffset() async throws {
        try await KafkaFixture.run { fixture in
            try await fixture.send(["0"])
            let consumer = try await fixture.consumer(Self.options())
            #expect(try await consumer.take(1).map(\.text) == ["0"])
            let reason = try await consumer.event("a lost position") { event -> KafkaConsumerEvent.PositionLoss? in
                if case .positionLost("t", 0, let reason) = event { return reason }
                return nil
            }
            #expect(reason == .noCommittedOffset)
        }
    }

    @Test("partitions that are added later are read from their beginning, and the known ones continue")
    func growth() async throws {
        try await KafkaFixture.run { fixture in
            try await fixture.send(["0"])
            let consumer = try await fixture.consumer(Self.options())
            #expect(try await consumer.take(1).map(\.text) == ["0"])
            try fixture.broker.createTopic("u", partitions: 3)
            try await fixture.send(["grown"], to: "u", partition: 2)
            consumer.discover([TopicPartition(topic: "t", partition: 0), TopicPartition(topic: "u", partition: 2)])
            #expect(try await consumer.take(1).map(\.text) == ["grown"])
            try await fixture.send(["1"])
            #expect(try await consumer.take(1).map(\.text) == ["1"])
        }
    }

    @Test("after a fatal error, and with a coordinator that fails at first, it continues after the committed offset")
    func faults() async throws {
        try await KafkaFixture.run { fixture in
            try fixture.broker.pushErrors(api: .findCoordinator, codes: [15, 15])
            try fixture.broker.pushErrors(api: .offsetFetch, codes: [14, 16, -195, 16, 15])
            try await fixture.send(["0"])
            let consumer = try await fixture.consumer(Self.options())
            #expect(try await consumer.take(1).map(\.text) == ["0"])
            let reader = try fixture.committedReader("g")
            try await eventually("the commit") {
                try reader.committed([TopicPartition(topic: "t", partition: 0)], deadline: .now + .seconds(5)).first?.offset == 1
            }
            reader.destroy()
            try consumer.raiseFatalError()
            try await fixture.send(["1"])
            #expect(try await consumer.take(1).map(\.text) == ["1"])
        }
    }

    @Test("two such consumers each read everything")
    func two() async throws {
        try await KafkaFixture.run { fixture in
            let both = [try await fixture.consumer(Self.options()), try await fixture.consumer(Self.options())]
            for consumer in both { _ = try await consumer.assigned() }
            try await fixture.send(["0"])
            for consumer in both { #expect(try await consumer.take(1).map(\.text) == ["0"]) }
        }
    }
}
