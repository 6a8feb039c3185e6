import Metrics
import MetricsTestKit
import Testing

@testable import Kafka

@Suite("A consumer that stands still") struct StandstillTests {
    private func stalled(_ consumer: KafkaConsumer) async throws -> (KafkaConsumerEvent.Standstill, isRenewed: Bool) {
        try await consumer.event("a standstill") { event in
            if case .stalled(let standstill, let isRenewed) = event { return (standstill, isRenewed) }
            return nil
        }
    }

    @Test("a partition that librdkafka does not ask for any more is assigned anew where it stands, and nothing is lost or read twice")
    func fetchStandsStill() async throws {
        try await Bench.run(topics: [("t", 2)]) { bench in
            var options = KafkaConsumerOptions.group()
            options.stallDeadline = .seconds(2)
            options.metricsInterval = .milliseconds(500)
            let metrics = TestMetrics()
            let consumer = try await bench.consumer(options, metrics: metrics)
            try await bench.send(["0"], partition: 1)
            #expect(try await consumer.take(1).map(\.text) == ["0"])
            let id = TopicPartition(topic: "t", partition: 1)
            try consumer.pauseBehindForTests(id)
            try await bench.send(["1", "2"], partition: 1)
            #expect(try await consumer.take(2, within: .seconds(20)).map(\.text) == ["1", "2"])
            let (standstill, isRenewed) = try await stalled(consumer)
            guard case .unread([id], _) = standstill else { throw TooLate(what: "a standstill of \(id), not \(standstill)") }
            #expect(!isRenewed)
            let counted = try metrics.expectCounter(
                "kafka_consumer_stalled_total", [("client", "test"), ("waited_for", "fetch"), ("remedy", "reposition")])
            #expect(counted.totalValue == 1)
        }
    }

    @Test("a member whose request to join is never answered is made anew, and reads on")
    func joinStandsStill() async throws {
        try await Bench.run(brokers: 2, topics: [("t", 1)]) { bench in
            try bench.broker.setLeader(of: TopicPartition(topic: "t", partition: 0), broker: 1)
            try bench.broker.setCoordinator(ofGroup: "g", broker: 2)
            var options = KafkaConsumerOptions.group()
            options.rebalanceDeadline = .seconds(5)
            options.refreshInterval = .milliseconds(500)
            let consumer = try await bench.consumer(options)
            try await bench.send(["0"])
            #expect(try await consumer.take(1).map(\.text) == ["0"])
            // The coordinator says nothing any more; the group's session ends, and joining again is never answered.
            try bench.broker.setRoundTrip(.seconds(100_000), broker: 2)
            let (standstill, isRenewed) = try await stalled(consumer)
            guard case .unassigned = standstill else { throw TooLate(what: "a missing assignment, not \(standstill)") }
            #expect(isRenewed)
            try bench.broker.setRoundTrip(.zero, broker: 2)
            try await bench.send(["1"])
            try await eventually("the record after it") { try await consumer.take(1).last?.text == "1" }
        }
    }

    @Test("librdkafka asks once more to join, and gives a silent connection up, within the bounds that the options name")
    func bounds() throws {
        let options = KafkaConsumerOptions(mode: .group("g"), topics: ["t"], rebalanceDeadline: .seconds(12))
        let properties = options.properties(KafkaConfiguration(bootstrapServers: "127.0.0.1:1", clientID: "test"))
        #expect(properties.defaults["max.poll.interval.ms"] == "12000")
        #expect(properties.defaults["socket.timeout.ms"] == "30000")
    }
}
