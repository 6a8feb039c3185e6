import Metrics
import MetricsTestKit
import Testing

@testable import Kafka

@Suite("Recovery of a stalled consumer") struct StallTests {
    private func stalled(_ consumer: KafkaConsumer) async throws -> (KafkaConsumerEvent.Stall, isRenewed: Bool) {
        try await consumer.event("a stall") { event in
            if case .stalled(let stall, let isRenewed) = event { return (stall, isRenewed) }
            return nil
        }
    }

    @Test("a partition that librdkafka stops fetching is reassigned at its position, and no record is lost or read twice")
    func fetchStandsStill() async throws {
        try await KafkaFixture.run(topics: [("t", 2)]) { fixture in
            var options = KafkaConsumerOptions.group()
            options.stallDeadline = .seconds(2)
            options.metricsInterval = .milliseconds(500)
            let metrics = TestMetrics()
            let consumer = try await fixture.consumer(options, metrics: metrics)
            try await fixture.send(["0"], partition: 1)
            #expect(try await consumer.take(1).map(\.text) == ["0"])
            let id = TopicPartition(topic: "t", partition: 1)
            try consumer.pauseFetching(id)
            try await fixture.send(["1", "2"], partition: 1)
            #expect(try await consumer.take(2).map(\.text) == ["1", "2"])
            let (stall, isRenewed) = try await stalled(consumer)
            guard case .notFetched([id], _) = stall else { throw TestTimeout(what: "a stall of \(id), not \(stall)") }
            #expect(!isRenewed)
            let counted = try metrics.expectCounter(
                "kafka_consumer_stalled_total", [("client", "test"), ("waited_for", "fetch"), ("remedy", "reposition")])
            #expect(counted.totalValue == 1)
        }
    }

    @Test("a member whose request to join is never answered is replaced and continues reading")
    func joinStandsStill() async throws {
        try await KafkaFixture.run(brokers: 2, topics: [("t", 1)]) { fixture in
            try fixture.broker.setLeader(of: TopicPartition(topic: "t", partition: 0), broker: 1)
            try fixture.broker.setCoordinator(ofGroup: "g", broker: 2)
            var options = KafkaConsumerOptions.group()
            options.rebalanceDeadline = .seconds(5)
            options.refreshInterval = .milliseconds(500)
            let consumer = try await fixture.consumer(options)
            try await fixture.send(["0"])
            #expect(try await consumer.take(1).map(\.text) == ["0"])
            // The coordinator stops answering: the group's session ends, and the next request to join gets no response.
            try fixture.broker.setRoundTrip(.seconds(100_000), broker: 2)
            let (stall, isRenewed) = try await stalled(consumer)
            guard case .unassigned = stall else { throw TestTimeout(what: "a missing assignment, not \(stall)") }
            #expect(isRenewed)
            try fixture.broker.setRoundTrip(.zero, broker: 2)
            try await fixture.send(["1"])
            try await eventually("the record after it") { try await consumer.take(1).last?.text == "1" }
        }
    }

    @Test("librdkafka repeats an unanswered join and drops a silent connection within the bounds of the options")
    func bounds() throws {
        let options = KafkaConsumerOptions(mode: .group("g"), topics: ["t"], rebalanceDeadline: .seconds(12))
        let properties = options.properties(KafkaConfiguration(bootstrapServers: "127.0.0.1:1", clientID: "test"))
        #expect(properties.defaults["max.poll.interval.ms"] == "12000")
        #expect(properties.defaults["socket.timeout.ms"] == "30000")
    }
}
