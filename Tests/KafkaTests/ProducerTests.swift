import Testing

@testable import Kafka

@Suite("The producer") struct ProducerTests {
    @Test("each record's result has its partition and offset, in the order sent")
    func places() async throws {
        try await KafkaFixture.run(topics: [("t", 2)]) { fixture in
            let producer = try await fixture.producer()
            let results = await producer.send((0..<500).map { outgoing("\($0)", partition: Int32($0 % 2)) })
            let places = try results.map { try $0.get() }
            let expected = (0..<500).map { KafkaRecordMetadata(partition: Int32($0 % 2), offset: Int64($0 / 2)) }
            #expect(places == expected)
        }
    }

    @Test("records of one key go to the partition that Kafka's own clients choose")
    func partitioner() async throws {
        try await KafkaFixture.run(topics: [("t", 12)]) { fixture in
            let producer = try await fixture.producer()
            let results = await producer.send((0..<50).map { outgoing("\($0)", partition: nil) })
            let partitions = Set(try results.map { try $0.get().partition })
            // murmur2("k") with its sign bit cleared, modulo 12, as the Java client computes it.
            let expected = Int32(murmur2(Array("k".utf8)) & 0x7fff_ffff) % 12
            #expect(partitions == [expected])
        }
    }

    @Test("a record that is too large fails; the others are delivered")
    func tooLarge() async throws {
        try await KafkaFixture.run { fixture in
            let producer = try await fixture.producer(KafkaProducerOptions(maximumRecordBytes: 10_000))
            let large = KafkaProducerRecord(topic: "t", partition: 0, key: nil, value: [UInt8](repeating: 0, count: 20_000))
            let results = await producer.send([outgoing("1"), large, outgoing("2")])
            #expect(try results[0].get().offset == 0)
            #expect(throws: KafkaError.self) { try results[1].get() }
            #expect(try results[2].get().offset == 1)
            if case .failure(let error) = results[1] {
                #expect(error.name == "MSG_SIZE_TOO_LARGE")
                #expect(!error.isRetriable)
            }
        }
    }

    @Test("an invalid topic name fails its record; the others are delivered")
    func badTopic() async throws {
        try await KafkaFixture.run { fixture in
            let producer = try await fixture.producer()
            let results = await producer.send(
                ["", String(repeating: "x", count: 600)].map { KafkaProducerRecord(topic: $0, key: nil, value: [1]) } + [outgoing("1")])
            for result in results.prefix(2) { #expect(throws: KafkaError.self) { try result.get() } }
            #expect(try results[2].get().offset == 0)
        }
    }

    @Test("more records than the queue holds wait for space, and all are delivered in order")
    func fullQueue() async throws {
        try await KafkaFixture.run { fixture in
            let producer = try await fixture.producer(KafkaProducerOptions(queueRecords: 50))
            let results = await producer.send((0..<2000).map { outgoing("\($0)") })
            #expect(try results.map { try $0.get().offset } == (0..<2000).map { Int64($0) })
        }
    }

    @Test("many tasks send concurrently; each gets its own results")
    func concurrentSends() async throws {
        try await KafkaFixture.run(topics: [("t", 8)]) { fixture in
            let producer = try await fixture.producer()
            let places = try await withThrowingTaskGroup(of: [KafkaRecordMetadata].self) { group in
                for task in 0..<8 {
                    group.addTask {
                        var places: [KafkaRecordMetadata] = []
                        for round in 0..<10 {
                            let results = await producer.send((0..<20).map { outgoing("\(round) \($0)", partition: Int32(task)) })
                            places += try results.map { try $0.get() }
                        }
                        return places
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for own in places {
                #expect(Set(own.map(\.partition)).count == 1)
                #expect(own.map(\.offset) == (0..<200).map { Int64($0) })
            }
        }
    }

    @Test("closing delivers the records in flight, and later records are refused")
    func closing() async throws {
        try await KafkaFixture.run { fixture in
            let producer = try KafkaProducer(fixture.configuration, logger: .quiet)
            try fixture.broker.setDown()
            async let sending = producer.send((0..<100).map { outgoing("\($0)") })
            try await producer.queued(100)
            async let closing: Void = producer.close(deadline: .seconds(20))
            try await eventually("closing") { producer.loop.isClosing }
            try fixture.broker.setUp()
            await closing
            for result in await sending { _ = try result.get() }
            let late = await producer.send([outgoing("late")])
            let error = #expect(throws: KafkaError.self) { try late[0].get() }
            #expect(error?.name == "_DESTROY")
        }
    }

    @Test("the number of partitions is returned; without a broker the call fails by its deadline", .timeLimit(.minutes(1)))
    func partitionCount() async throws {
        try await KafkaFixture.run(topics: [("t", 7)]) { fixture in
            let producer = try await fixture.producer()
            #expect(try await producer.partitionCount(of: "t", deadline: .seconds(10)) == 7)
            let unknown = await #expect(throws: KafkaError.self) { try await producer.partitionCount(of: "u", deadline: .seconds(30)) }
            #expect(unknown?.isUnknownTopic == true, "the call creates no topic")
            try fixture.broker.setDown()
            let error = await #expect(throws: KafkaError.self) {
                try await producer.partitionCount(of: "t", deadline: .milliseconds(500))
            }
            #expect(error?.isRetriable == true)
        }
    }
}

/// Kafka's partitioner hash, written from its published description, to check librdkafka's result.
private func murmur2(_ data: [UInt8]) -> UInt32 {
    let m: UInt32 = 0x5bd1_e995
    var hash = 0x9747_b28c ^ UInt32(data.count)
    var rest = data[...]
    while rest.count >= 4 {
        var word = rest.prefix(4).enumerated().reduce(UInt32(0)) { $0 | UInt32($1.element) << UInt32(8 * $1.offset) }
        word = word &* m
        word ^= word >> 24
        hash = (hash &* m) ^ (word &* m)
        rest = rest.dropFirst(4)
    }
    if !rest.isEmpty {
        for (offset, byte) in rest.enumerated() { hash ^= UInt32(byte) << UInt32(8 * offset) }
        hash = hash &* m
    }
    hash = (hash ^ (hash >> 13)) &* m
    return hash ^ (hash >> 15)
}
