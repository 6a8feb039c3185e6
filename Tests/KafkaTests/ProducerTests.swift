import Logging
import Testing

@testable import Kafka

@Suite("The producer") struct ProducerTests {
    private func outgoing(_ text: String, partition: Int32? = 0) -> KafkaProducerRecord {
        KafkaProducerRecord(topic: "t", partition: partition, key: Array("k".utf8), value: Array(text.utf8))
    }

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

    @Test("without a broker each record of a send fails by its deadline with a retriable error")
    func noBroker() async throws {
        let configuration = KafkaConfiguration(bootstrapServers: "127.0.0.1:1", clientID: "test")
        let producer = try KafkaProducer(
            configuration, options: KafkaProducerOptions(messageTimeout: .seconds(2)), logger: .quiet)
        let clock = ContinuousClock()
        var results: [Result<KafkaRecordMetadata, KafkaError>] = []
        let took = await clock.measure { results = await producer.send((0..<10).map { outgoing("\($0)") }) }
        #expect(results.count == 10)
        for result in results {
            let error = #expect(throws: KafkaError.self) { try result.get() }
            #expect(error?.isRetriable == true)
        }
        #expect(took < .seconds(25))
        await producer.close(deadline: .seconds(1))
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

    @Test("when the queue stays full the remaining records fail within the deadline")
    func stuckQueue() async throws {
        try await KafkaFixture.run { fixture in
            let producer = try await fixture.producer(KafkaProducerOptions(messageTimeout: .seconds(4), queueRecords: 10))
            try fixture.broker.setDown()
            let results = try await within(.seconds(12)) { await producer.send((0..<100).map { outgoing("\($0)") }) }
            let names = results.map { result -> String in
                if case .failure(let error) = result { return error.name }
                return "arrived"
            }
            #expect(names.filter { $0 == "_QUEUE_FULL" }.count >= 80)
            #expect(!names.contains("arrived"))
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

    @Test("a broker outage and leader changes delay records, and do not lose, duplicate or reorder them")
    func outage() async throws {
        try await KafkaFixture.run { fixture in
            let producer = try await fixture.producer()
            try fixture.broker.pushErrors(api: .produce, codes: [6, 6, -195, 7])
            async let sending = producer.send((0..<100).map { outgoing("\($0)") })
            try await Task.sleep(for: .milliseconds(200))
            try fixture.broker.setDown()
            async let more = producer.send((100..<200).map { outgoing("\($0)") })
            try await Task.sleep(for: .milliseconds(500))
            try fixture.broker.setUp()
            for result in await sending + more { _ = try result.get() }
            let consumer = try await fixture.consumer(.group())
            let texts = Set(try await consumer.take(200).compactMap(\.text))
            #expect(texts == Set((0..<200).map { "\($0)" }))
        }
    }

    @Test("after a fatal error the client is replaced: records in flight fail, later records are delivered")
    func fatal() async throws {
        try await KafkaFixture.run { fixture in
            let producer = try await fixture.producer(KafkaProducerOptions(messageTimeout: .seconds(20)))
            _ = try await producer.send([outgoing("1")])[0].get()
            try fixture.broker.setDown()
            async let inFlight = producer.send([outgoing("2")])
            try await Task.sleep(for: .milliseconds(100))
            producer.raiseFatalErrorForTests()
            let failed = await inFlight
            let error = #expect(throws: KafkaError.self) { try failed[0].get() }
            #expect(error?.isRetriable == true, "the client failed, not the record: \(String(describing: error))")
            try fixture.broker.setUp()
            let after = try await within { await producer.send([outgoing("3")]) }
            _ = try after[0].get()
        }
    }

    @Test("a fenced producer fails the records in flight with a retriable error, and its replacement sends later records")
    func fenced() async throws {
        try await KafkaFixture.run { fixture in
            let producer = try await fixture.producer(KafkaProducerOptions(messageTimeout: .seconds(20)))
            _ = try await producer.send([outgoing("1")])[0].get()
            let invalidProducerEpoch: Int32 = 47
            try fixture.broker.pushErrors(api: .initProducerID, codes: [invalidProducerEpoch])
            try fixture.broker.pushErrors(api: .produce, codes: [invalidProducerEpoch])
            let failed = await producer.send([outgoing("2")])
            let error = #expect(throws: KafkaError.self) { try failed[0].get() }
            #expect(error?.isRetriable == true, "\(String(describing: error))")
            var last: Result<KafkaRecordMetadata, KafkaError>?
            for _ in 0..<20 {
                last = await producer.send([outgoing("2")])[0]
                if case .success = last { break }
            }
            _ = try #require(last).get()
        }
    }

    @Test("closing delivers the records in flight, and later records are refused")
    func closing() async throws {
        try await KafkaFixture.run { fixture in
            let producer = try KafkaProducer(
                fixture.configuration, options: KafkaProducerOptions(linger: .milliseconds(300)), logger: .quiet)
            async let sending = producer.send((0..<100).map { outgoing("\($0)") })
            try await Task.sleep(for: .milliseconds(50))
            await producer.close(deadline: .seconds(10))
            for result in await sending { _ = try result.get() }
            let late = await producer.send([outgoing("late")])
            let error = #expect(throws: KafkaError.self) { try late[0].get() }
            #expect(error?.name == "_DESTROY")
        }
    }

    @Test("closing without a broker ends by its deadline, and every record has a result")
    func closingWithoutBroker() async throws {
        let configuration = KafkaConfiguration(bootstrapServers: "127.0.0.1:1", clientID: "test")
        let producer = try KafkaProducer(configuration, logger: .quiet)
        async let sending = producer.send((0..<10).map { outgoing("\($0)") })
        try await Task.sleep(for: .milliseconds(100))
        let took = await ContinuousClock().measure { await producer.close(deadline: .milliseconds(500)) }
        #expect(took < .seconds(20))
        for result in await sending { #expect(throws: KafkaError.self) { try result.get() } }
    }

    @Test("the number of partitions is returned; without a broker the call fails by its deadline")
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
