import Testing

@testable import Kafka

@Suite("A producer under faults") struct ProducerFaultTests {
    @Test("without a broker each record of a send fails by its deadline with a retriable error", .timeLimit(.minutes(1)))
    func noBroker() async throws {
        let configuration = KafkaConfiguration(bootstrapServers: "127.0.0.1:1", clientID: "test")
        let options = KafkaProducerOptions(messageTimeout: .seconds(2))
        #expect(options.properties(configuration).fixed["message.timeout.ms"] == "1000")
        let producer = try KafkaProducer(configuration, options: options, logger: .quiet)
        let results = await producer.send((0..<10).map { outgoing("\($0)") })
        #expect(results.count == 10)
        for result in results {
            let error = #expect(throws: KafkaError.self) { try result.get() }
            #expect(error?.isRetriable == true)
        }
        await producer.close(deadline: .seconds(1))
    }

    @Test("when the queue stays full the remaining records fail within the deadline", .timeLimit(.minutes(1)))
    func stuckQueue() async throws {
        try await KafkaFixture.run { fixture in
            let producer = try await fixture.producer(KafkaProducerOptions(messageTimeout: .seconds(4), queueRecords: 10))
            try fixture.broker.setDown()
            let results = await producer.send((0..<100).map { outgoing("\($0)") })
            let names = results.map { result -> String in
                if case .failure(let error) = result { return error.name }
                return "arrived"
            }
            #expect(names.filter { $0 == "_QUEUE_FULL" }.count >= 80)
            #expect(!names.contains("arrived"))
        }
    }

    @Test("a broker outage and leader changes delay records, and do not lose, duplicate or reorder them")
    func outage() async throws {
        try await KafkaFixture.run { fixture in
            // The embedded broker does not check sequence numbers: of several requests in flight it would store those after a failed one.
            let producer = try await fixture.producer(KafkaProducerOptions(), ["max.in.flight.requests.per.connection": "1"])
            // No record is acknowledged before the outage.
            try fixture.broker.pushErrors(api: .produce, codes: Array(repeating: 6, count: 1000))
            async let sending = producer.send((0..<100).map { outgoing("\($0)") })
            try await producer.queued(100)
            try fixture.broker.setDown()
            async let more = producer.send((100..<200).map { outgoing("\($0)") })
            try await producer.queued(200)
            // The client has lost its connection and gets no other.
            await #expect(throws: KafkaError.self) { try await producer.partitionCount(of: "t", deadline: .milliseconds(300)) }
            try fixture.broker.clearErrors(api: .produce)
            try fixture.broker.pushErrors(api: .produce, codes: [6, 6, -195, 7])
            try fixture.broker.setUp()
            for result in await sending + more { _ = try result.get() }
            let consumer = try await fixture.consumer(.group())
            #expect(try await consumer.take(200).compactMap(\.text) == (0..<200).map { "\($0)" })
        }
    }

    @Test("after a fatal error the client is replaced: records in flight fail, later records are delivered")
    func fatal() async throws {
        try await KafkaFixture.run { fixture in
            let producer = try await fixture.producer(KafkaProducerOptions(messageTimeout: .seconds(20)))
            _ = try await producer.send([outgoing("1")])[0].get()
            try fixture.broker.setDown()
            async let inFlight = producer.send((0..<100).map { outgoing("\($0)") })
            try await producer.queued(100)
            try producer.raiseFatalError()
            for result in await inFlight {
                let error = #expect(throws: KafkaError.self) { try result.get() }
                #expect(
                    error?.isRetriable == true && error?.name != "_MSG_TIMED_OUT",
                    "the client failed, not the record: \(String(describing: error))")
            }
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

    @Test("closing without a broker ends by its deadline, and every record has a result", .timeLimit(.minutes(1)))
    func closingWithoutBroker() async throws {
        let configuration = KafkaConfiguration(bootstrapServers: "127.0.0.1:1", clientID: "test")
        // Only closing fails the records: their own deadline is after the time limit.
        let options = KafkaProducerOptions(messageTimeout: .seconds(600))
        let producer = try KafkaProducer(configuration, options: options, logger: .quiet)
        async let sending = producer.send((0..<100).map { outgoing("\($0)") })
        try await producer.queued(100)
        await producer.close(deadline: .milliseconds(500))
        for result in await sending { #expect(throws: KafkaError.self) { try result.get() } }
    }
}
