import Testing

@testable import Kafka

@Suite("A consumer alone, with a group's offsets and none of its members") struct AloneTests {
    private static func options(_ topics: [String] = ["t"]) -> KafkaConsumerOptions {
        KafkaConsumerOptions(mode: .alone("g"), topics: topics, commitInterval: .milliseconds(100))
    }

    @Test("it takes every partition without a rebalance, and the next one starts after what is done")
    func doneCommits() async throws {
        try await Bench.run(topics: [("t", 3)]) { bench in
            // Whoever asked to join would be refused for a long time.
            try bench.broker.pushErrors(api: .joinGroup, codes: Array(repeating: 81, count: 1000))
            for partition in Int32(0)..<3 { try await bench.send(["0", "1"], partition: partition) }
            let first = try await bench.consumer(Self.options())
            #expect(try await first.assigned().count == 3)
            #expect(try await first.take(6).count == 6)
            await first.close(deadline: .seconds(5))
            for partition in Int32(0)..<3 { try await bench.send(["2"], partition: partition) }
            let second = try await bench.consumer(Self.options())
            #expect(try await second.take(3).compactMap(\.text) == ["2", "2", "2"])
        }
    }

    @Test("what is done is committed while it goes on, so that a killed one repeats little; its successor waits for no session")
    func commitsOnTheWay() async throws {
        try await Bench.run { bench in
            try await bench.send(["0", "1", "2"])
            let first = try await bench.consumer(Self.options())
            _ = try await first.take(2)
            let reader = try bench.committedReader("g")
            try await eventually("the commit of offset 2") {
                try reader.committed([TopicPartition(topic: "t", partition: 0)], deadline: .now + .seconds(5)).first?.offset == 2
            }
            reader.destroy()
            // The first is still there and says nothing of leaving, as one that was killed.
            let second = try await bench.consumer(Self.options())
            #expect(try await second.take(1).map(\.text) == ["2"])
        }
    }

    @Test("a partition without a committed offset is read from its beginning, and that is told")
    func noOffset() async throws {
        try await Bench.run { bench in
            try await bench.send(["0"])
            let consumer = try await bench.consumer(Self.options())
            #expect(try await consumer.take(1).map(\.text) == ["0"])
            let reason = try await consumer.event("a lost position") { event -> KafkaConsumerEvent.PositionLoss? in
                if case .positionLost("t", 0, let reason) = event { return reason }
                return nil
            }
            #expect(reason == .noCommittedOffset)
        }
    }

    @Test("partitions that come later are read from their beginning, those it knew go on")
    func growth() async throws {
        try await Bench.run { bench in
            try await bench.send(["0"])
            let consumer = try await bench.consumer(Self.options())
            #expect(try await consumer.take(1).map(\.text) == ["0"])
            try bench.broker.createTopic("u", partitions: 3)
            try await bench.send(["grown"], to: "u", partition: 2)
            consumer.offerForTests([TopicPartition(topic: "t", partition: 0), TopicPartition(topic: "u", partition: 2)])
            #expect(try await consumer.take(1).map(\.text) == ["grown"])
            try await bench.send(["1"])
            #expect(try await consumer.take(1).map(\.text) == ["1"])
        }
    }

    @Test("after a fatal error, and with a coordinator that fails at first, it goes on after what is committed")
    func faults() async throws {
        try await Bench.run { bench in
            try bench.broker.pushErrors(api: .findCoordinator, codes: [15, 15])
            try bench.broker.pushErrors(api: .offsetFetch, codes: [14, 16, -195, 16, 15])
            try await bench.send(["0"])
            let consumer = try await bench.consumer(Self.options())
            #expect(try await consumer.take(1).map(\.text) == ["0"])
            let reader = try bench.committedReader("g")
            try await eventually("the commit") {
                try reader.committed([TopicPartition(topic: "t", partition: 0)], deadline: .now + .seconds(5)).first?.offset == 1
            }
            reader.destroy()
            consumer.raiseFatalErrorForTests()
            try await bench.send(["1"])
            #expect(try await consumer.take(1).map(\.text) == ["1"])
        }
    }

    @Test("of two at once each reads everything")
    func two() async throws {
        try await Bench.run { bench in
            let both = [try await bench.consumer(Self.options()), try await bench.consumer(Self.options())]
            for consumer in both { _ = try await consumer.assigned() }
            try await bench.send(["0"])
            for consumer in both { #expect(try await consumer.take(1).map(\.text) == ["0"]) }
        }
    }
}
