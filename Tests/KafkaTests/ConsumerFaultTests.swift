import Foundation
import MetricsTestKit
import Testing

@testable import Kafka

@Suite("A consumer under faults") struct ConsumerFaultTests {
    private func lost(_ consumer: KafkaConsumer) async throws -> KafkaConsumerEvent.PositionLoss {
        try await consumer.event("a lost position") { event in
            if case .positionLost("t", 0, let reason) = event { return reason }
            return nil
        }
    }

    @Test(
        "a broker outage delays records and loses none, in modes group and assigned",
        arguments: [KafkaConsumerOptions.Mode.group("g"), .assigned("g")])
    func downAndUp(mode: KafkaConsumerOptions.Mode) async throws {
        try await KafkaFixture.run(topics: [("t", 2)]) { fixture in
            let seen = ConsumedRecords()
            var options = KafkaConsumerOptions.group()
            options.mode = mode
            let metrics = TestMetrics()
            let consumer = try await fixture.consumer(options, metrics: metrics)
            let worker = ConsumerTasks(consumer, seen)
            let sender = Sender(fixture, partitions: 2)
            try await eventually("records") { seen.distinct > 20 }
            for _ in 0..<2 {
                let failures = metrics.connectionFailures
                try fixture.broker.setDown()
                try await eventually("the consumer's report of the outage") { metrics.connectionFailures > failures }
                try fixture.broker.setUp()
                let before = seen.distinct
                try await eventually("more records") { seen.distinct > before + 20 }
            }
            let sent = try await sender.stop()
            try await eventually("all \(sent) records") { seen.distinct == sent }
            await consumer.close(deadline: .seconds(5))
            await worker.wait()
            #expect(seen.gaps == [])
        }
    }

    @Test("leader changes and failed fetches delay records and lose none")
    func notLeader() async throws {
        try await KafkaFixture.run(brokers: 2, topics: [("t", 1)]) { fixture in
            let consumer = try await fixture.consumer(.group())
            try await fixture.send(["0"])
            #expect(try await consumer.take(1).count == 1)
            try fixture.broker.pushErrors(api: .fetch, codes: [6, 5, 3, -195, 74, 7, 6])
            try await fixture.send(["1"])
            #expect(try await consumer.take(1).map(\.text) == ["1"])
            for (index, leader) in [Int32(1), 2, 1].enumerated() {
                try fixture.broker.setLeader(of: TopicPartition(topic: "t", partition: 0), broker: leader)
                try await fixture.send(["moved \(index)"])
                #expect(try await consumer.take(1).map(\.text) == ["moved \(index)"])
            }
        }
    }

    @Test("a slow broker delays records and loses none")
    func slow() async throws {
        try await KafkaFixture.run { fixture in
            let consumer = try await fixture.consumer(.group())
            try await fixture.send(["0"])
            #expect(try await consumer.take(1).count == 1)
            try fixture.broker.setRoundTrip(.milliseconds(300))
            try await fixture.send(["1", "2"])
            #expect(try await consumer.take(2).compactMap(\.text) == ["1", "2"])
        }
    }

    @Test("a coordinator that fails, moves or is busy delays joining and commits, and every partition is read")
    func coordinator() async throws {
        try await KafkaFixture.run(brokers: 2, topics: [("t", 3)]) { fixture in
            try fixture.broker.pushErrors(api: .findCoordinator, codes: [15, 15])
            try fixture.broker.pushErrors(api: .joinGroup, codes: [16, 14])
            try fixture.broker.pushErrors(api: .offsetFetch, codes: [14, 16, -195, 16, 14, 15])
            for partition in Int32(0)..<3 { try await fixture.send(["\(partition)"], partition: partition) }
            let consumer = try await fixture.consumer(.group())
            #expect(Set(try await consumer.take(3).compactMap(\.text)) == ["0", "1", "2"])
            try fixture.broker.pushErrors(api: .offsetCommit, codes: [16, 14])
            try fixture.broker.pushErrors(api: .heartbeat, codes: [16])
            let reader = try fixture.committedReader("g")
            try await eventually("all commits") {
                let ids = (Int32(0)..<3).map { TopicPartition(topic: "t", partition: $0) }
                let found = try? reader.committed(ids, deadline: .now + .seconds(5))
                return found?.map(\.offset) == [1, 1, 1]
            }
            reader.destroy()
        }
    }

    @Test("without a broker at the start the consumer reports an error, waits, and reads when the broker is up")
    func noBrokerAtStart() async throws {
        try await KafkaFixture.run { fixture in
            try await fixture.send(["0"])
            try fixture.broker.setDown()
            let consumer = try await fixture.consumer(.group())
            let error = try await consumer.event("an error") { event -> KafkaError? in
                if case .error(let error) = event { return error }
                return nil
            }
            #expect(error.isRetriable && !error.isFatal)
            try fixture.broker.setUp()
            #expect(try await consumer.take(1).map(\.text) == ["0"])
        }
    }

    @Test("without a committed offset reading starts at the earliest record, and the position loss is reported")
    func noCommittedOffset() async throws {
        try await KafkaFixture.run { fixture in
            try await fixture.send(["0", "1"])
            let consumer = try await fixture.consumer(.group())
            #expect(try await lost(consumer) == .noCommittedOffset)
            #expect(try await consumer.take(2).compactMap(\.text) == ["0", "1"])
        }
    }

    @Test("a committed offset that the log has deleted is reported with the offset at which reading continues")
    func evictedWhileAway() async throws {
        try await KafkaFixture.run { fixture in
            try await fixture.send(["0", "1"])
            let first = try await fixture.consumer(.group())
            _ = try await first.take(2)
            await first.close(deadline: .seconds(5))
            let earliest = try await fixture.overfill()
            let second = try await fixture.consumer(.group())
            #expect(try await lost(second) == .evicted(committed: 2, earliest: earliest))
            #expect(try await second.take(1).first?.offset == earliest)
        }
    }

    @Test("records deleted while their partition is paused are reported, and the other partitions continue at their positions")
    func evictedWhileReading() async throws {
        try await KafkaFixture.run(topics: [("t", 2)]) { fixture in
            var options = KafkaConsumerOptions.group("g", workers: 2, depth: 2)
            options.fetchWait = .milliseconds(10)
            let consumer = try await fixture.consumer(options)
            try await fixture.send((0..<10).map { "\($0)" }, partition: 0)
            try await fixture.send(["a"], partition: 1)
            let batch = try #require(try await within { try await consumer.next(worker: 0, upTo: 1) })
            #expect(try await consumer.take(1, worker: 1).map(\.text) == ["a"])
            let earliest = try await fixture.overfill()
            await consumer.complete(batch)
            // First the records fetched before the loss, then those that the log still has.
            let records = try await consumer.take(3, worker: 0, upTo: 1)
            let wanted = try await consumer.event("the eviction") { event -> Int64? in
                if case .positionLost("t", 0, .evicted(let wanted, earliest)) = event { return wanted }
                return nil
            }
            #expect(records.map(\.offset) == Array(1..<wanted) + (earliest..<earliest + 3 - (wanted - 1)))
            try await fixture.send(["b"], partition: 1)
            #expect(try await consumer.take(1, worker: 1).map(\.text) == ["b"])
        }
    }

    @Test("after a fatal error a new client joins the group and continues reading")
    func fatal() async throws {
        try await KafkaFixture.run { fixture in
            let consumer = try await fixture.consumer(.group())
            try await fixture.send(["0"])
            #expect(try await consumer.take(1).count == 1)
            try consumer.raiseFatalError()
            let error = try await consumer.event("a fatal error") { event -> KafkaError? in
                if case .error(let error) = event, error.isFatal { return error }
                return nil
            }
            #expect(error.name == "OUT_OF_ORDER_SEQUENCE_NUMBER")
            try await fixture.send(["1"])
            try await eventually("the record after it") {
                try await consumer.take(1).last?.text == "1"
            }
        }
    }
}

extension KafkaFixture {
    /// Writes more to partition 0 than the broker keeps.
    /// - Returns: the first offset of its log afterwards
    func overfill(_ topic: String = "t") async throws -> Int64 {
        let producer = try await producer(KafkaProducerOptions(compression: .none))
        var random = SystemRandomNumberGenerator()
        for _ in 0..<8 {
            // Random bytes, because compressible data would not fill the log.
            let value = (0..<100_000).flatMap { _ in withUnsafeBytes(of: random.next()) { [UInt8]($0) } }
            let results = await producer.send([KafkaProducerRecord(topic: topic, partition: 0, key: nil, value: value)])
            for result in results { _ = try result.get() }
        }
        let reader = try committedReader("other")
        defer { reader.destroy() }
        let id = TopicPartition(topic: topic, partition: 0)
        let found = try reader.listOffsets([id], RDOffset.beginning, deadline: .now + .seconds(10))
        guard let first = found.first, first.offset > 0 else { throw TestTimeout(what: "the deletion of old records") }
        return first.offset
    }
}
