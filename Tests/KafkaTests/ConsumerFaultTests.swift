import Foundation
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
        "a broker that goes down and comes back delays records and loses none, for a member of a group and for who is alone",
        arguments: [KafkaConsumerOptions.Mode.group("g"), .alone("g")])
    func downAndUp(mode: KafkaConsumerOptions.Mode) async throws {
        try await Bench.run(topics: [("t", 2)]) { bench in
            let seen = Seen()
            var options = KafkaConsumerOptions.group()
            options.mode = mode
            let consumer = try await bench.consumer(options)
            let worker = Worker(consumer, seen)
            let sender = Sender(bench, partitions: 2)
            try await eventually("records") { seen.distinct > 20 }
            for _ in 0..<2 {
                try bench.broker.setDown()
                try await Task.sleep(for: .milliseconds(500))
                try bench.broker.setUp()
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

    @Test("leaders that move and fetches that fail delay records and lose none")
    func notLeader() async throws {
        try await Bench.run(brokers: 2, topics: [("t", 1)]) { bench in
            let consumer = try await bench.consumer(.group())
            try await bench.send(["0"])
            #expect(try await consumer.take(1).count == 1)
            try bench.broker.pushErrors(api: .fetch, codes: [6, 5, 3, -195, 74, 7, 6])
            try await bench.send(["1"])
            #expect(try await consumer.take(1).map(\.text) == ["1"])
            for (index, leader) in [Int32(1), 2, 1].enumerated() {
                try bench.broker.setLeader(of: TopicPartition(topic: "t", partition: 0), broker: leader)
                try await bench.send(["moved \(index)"])
                #expect(try await consumer.take(1).map(\.text) == ["moved \(index)"])
            }
        }
    }

    @Test("a slow broker delays records and loses none")
    func slow() async throws {
        try await Bench.run { bench in
            let consumer = try await bench.consumer(.group())
            try await bench.send(["0"])
            #expect(try await consumer.take(1).count == 1)
            try bench.broker.setRoundTrip(.milliseconds(300))
            try await bench.send(["1", "2"])
            #expect(try await consumer.take(2).compactMap(\.text) == ["1", "2"])
        }
    }

    @Test("a coordinator that fails, moves or is busy delays joining and commits, and no partition stays behind")
    func coordinator() async throws {
        try await Bench.run(brokers: 2, topics: [("t", 3)]) { bench in
            try bench.broker.pushErrors(api: .findCoordinator, codes: [15, 15])
            try bench.broker.pushErrors(api: .joinGroup, codes: [16, 14])
            try bench.broker.pushErrors(api: .offsetFetch, codes: [14, 16, -195, 16, 14, 15])
            for partition in Int32(0)..<3 { try await bench.send(["\(partition)"], partition: partition) }
            let consumer = try await bench.consumer(.group())
            #expect(Set(try await consumer.take(3).compactMap(\.text)) == ["0", "1", "2"])
            try bench.broker.pushErrors(api: .offsetCommit, codes: [16, 14])
            try bench.broker.pushErrors(api: .heartbeat, codes: [16])
            let reader = try bench.committedReader("g")
            try await eventually("all commits") {
                let ids = (Int32(0)..<3).map { TopicPartition(topic: "t", partition: $0) }
                let found = try? reader.committed(ids, deadline: .now + .seconds(5))
                return found?.map(\.offset) == [1, 1, 1]
            }
            reader.destroy()
        }
    }

    @Test("without any broker at the start the consumer waits, tells so, and reads once there is one")
    func noBrokerAtStart() async throws {
        try await Bench.run { bench in
            try await bench.send(["0"])
            try bench.broker.setDown()
            let consumer = try await bench.consumer(.group())
            let error = try await consumer.event("an error") { event -> KafkaError? in
                if case .error(let error) = event { return error }
                return nil
            }
            #expect(error.isRetriable && !error.isFatal)
            try bench.broker.setUp()
            #expect(try await consumer.take(1).map(\.text) == ["0"])
        }
    }

    @Test("without a committed offset reading starts at the earliest record, and the loss of the position is told")
    func noCommittedOffset() async throws {
        try await Bench.run { bench in
            try await bench.send(["0", "1"])
            let consumer = try await bench.consumer(.group())
            #expect(try await lost(consumer) == .noCommittedOffset)
            #expect(try await consumer.take(2).compactMap(\.text) == ["0", "1"])
        }
    }

    @Test("a committed offset that the log holds no more is told of, with where reading goes on")
    func evictedWhileAway() async throws {
        try await Bench.run { bench in
            try await bench.send(["0", "1"])
            let first = try await bench.consumer(.group())
            _ = try await first.take(2)
            await first.close(deadline: .seconds(5))
            let earliest = try await bench.overfill()
            let second = try await bench.consumer(.group())
            #expect(try await lost(second) == .evicted(committed: 2, earliest: earliest))
            #expect(try await second.take(1).first?.offset == earliest)
        }
    }

    @Test("records that vanish while their partition is paused are told of, and the other partitions go on where they are")
    func evictedWhileReading() async throws {
        try await Bench.run(topics: [("t", 2)]) { bench in
            var options = KafkaConsumerOptions.group("g", lanes: 2, depth: 2)
            options.fetchWait = .milliseconds(10)
            let consumer = try await bench.consumer(options)
            try await bench.send((0..<10).map { "\($0)" }, partition: 0)
            try await bench.send(["a"], partition: 1)
            let batch = try #require(try await within { try await consumer.next(lane: 0, upTo: 1) })
            #expect(try await consumer.take(1, lane: 1).map(\.text) == ["a"])
            let earliest = try await bench.overfill()
            await consumer.done(batch)
            // What was read before the loss comes first, then what the log still holds.
            let records = try await consumer.take(3, lane: 0, upTo: 1)
            let wanted = try await consumer.event("the eviction") { event -> Int64? in
                if case .positionLost("t", 0, .evicted(let wanted, earliest)) = event { return wanted }
                return nil
            }
            #expect(records.map(\.offset) == Array(1..<wanted) + (earliest..<earliest + 3 - (wanted - 1)))
            try await bench.send(["b"], partition: 1)
            #expect(try await consumer.take(1, lane: 1).map(\.text) == ["b"])
        }
    }

    @Test("after a fatal error a new client joins the group and reads on")
    func fatal() async throws {
        try await Bench.run { bench in
            let consumer = try await bench.consumer(.group())
            try await bench.send(["0"])
            #expect(try await consumer.take(1).count == 1)
            consumer.raiseFatalErrorForTests()
            let error = try await consumer.event("a fatal error") { event -> KafkaError? in
                if case .error(let error) = event, error.isFatal { return error }
                return nil
            }
            #expect(error.name == "OUT_OF_ORDER_SEQUENCE_NUMBER")
            try await bench.send(["1"])
            try await eventually("the record after it") {
                try await consumer.take(1).last?.text == "1"
            }
        }
    }
}

extension Bench {
    /// Writes more than the broker keeps to partition 0.
    /// - Returns: where its log now begins
    func overfill(_ topic: String = "t") async throws -> Int64 {
        let producer = try await producer(KafkaProducerOptions(compression: .none))
        var random = SystemRandomNumberGenerator()
        for _ in 0..<8 {
            // Random bytes: what compresses would not fill the log.
            let value = (0..<100_000).flatMap { _ in withUnsafeBytes(of: random.next()) { [UInt8]($0) } }
            let results = await producer.send([KafkaOutgoing(topic: topic, partition: 0, key: nil, value: value)])
            for result in results { _ = try result.get() }
        }
        let reader = try committedReader("other")
        defer { reader.destroy() }
        let id = TopicPartition(topic: topic, partition: 0)
        let found = try reader.edges([id], RDOffset.beginning, deadline: .now + .seconds(10))
        guard let first = found.first, first.offset > 0 else { throw TooLate(what: "an eviction") }
        return first.offset
    }
}
