import Foundation
import MetricsTestKit
import Synchronization
import Testing

@testable import Kafka

@Suite("Back-pressure, the handler deadline and closing") struct BackPressureTests {
    @Test(
        "at most `depthRecords` records are buffered while a handler waits; pausing and resuming neither loses nor duplicates records",
        .timeLimit(.minutes(1)))
    func depth() async throws {
        try await KafkaFixture.run { fixture in
            // The buffer is full more than a hundred times: without the seek on resume each time would take a second.
            let (depth, count) = (20, 3000)
            try await fixture.send((0..<count).map { "\($0)" })
            let metrics = TestMetrics()
            var options = KafkaConsumerOptions.group("g", depth: depth)
            options.metricsInterval = .milliseconds(100)
            let consumer = try await fixture.consumer(options, metrics: metrics)
            let id = try #require(try await consumer.assigned().first)
            var texts: [String] = []
            var most = 0
            while texts.count < count {
                let batch = try #require(try await within { try await consumer.next(worker: 0, upTo: 7) })
                if texts.count < 50 {
                    try await eventually("fetching is paused, and not to be resumed yet") {
                        consumer.shared.workers.withLock { $0.partitions[id]?.isFetchingPaused == true && $0.resumable.isEmpty }
                    }
                }
                most = max(most, consumer.waiting.values.max() ?? 0)
                texts += batch.records.compactMap(\.text)
                await consumer.complete(batch)
            }
            #expect(texts == (0..<count).map { "\($0)" })
            #expect(most == depth)
        }
    }

    @Test("a partition with paused delivery delivers nothing while the others continue; when resumed it continues at its position")
    func pausedDelivery() async throws {
        try await KafkaFixture.run(topics: [("t", 2)]) { fixture in
            let consumer = try await fixture.consumer(.group("g"))
            _ = try await consumer.assigned()
            let paused = TopicPartition(topic: "t", partition: 0)
            consumer.pauseDelivery(paused)
            try await fixture.send(["0", "1"], partition: 0)
            try await fixture.send(["a", "b"], partition: 1)
            try await eventually("the records of the paused partition") { consumer.waiting[paused] == 2 }
            #expect(try await consumer.take(2).compactMap(\.text) == ["a", "b"])
            try await fixture.send(["c"], partition: 1)
            #expect(try await consumer.take(1).compactMap(\.text) == ["c"])
            consumer.resumeDelivery(paused)
            #expect(try await consumer.take(2).compactMap(\.text) == ["0", "1"])
        }
    }

    @Test("a handler that exceeds its deadline is reported at each multiple of it, and blocks only its own worker")
    func watchdog() async throws {
        try await KafkaFixture.run(topics: [("t", 2)]) { fixture in
            var options = KafkaConsumerOptions.group("g", workers: 2)
            options.handlerDeadline = .milliseconds(300)
            let consumer = try await fixture.consumer(options)
            try await fixture.send(["0"], partition: 0)
            let batch = try #require(try await within { try await consumer.next(worker: 0, upTo: 1) })
            for time in 1...2 {
                let out = try await consumer.event("the watchdog") { event -> Duration? in
                    if case .stuck(0, [TopicPartition(topic: "t", partition: 0)], let out) = event { return out }
                    return nil
                }
                #expect(out >= .milliseconds(300) * time)
            }
            try await fixture.send(["a"], partition: 1)
            #expect(try await consumer.take(1, worker: 1).map(\.text) == ["a"])
            await consumer.complete(batch)
        }
    }

    @Test("closing under load ends by its deadline; waiting calls of `next` return nil", .timeLimit(.minutes(1)))
    func closeWhileFlowing() async throws {
        try await KafkaFixture.run(topics: [("t", 2)]) { fixture in
            let seen = ConsumedRecords()
            let consumer = try await fixture.consumer(.group("g", workers: 2))
            let worker = ConsumerTasks(consumer, workers: 2, seen)
            let sender = Sender(fixture, partitions: 2, pause: .zero)
            try await eventually("records") { seen.distinct > 100 }
            await consumer.close(deadline: .seconds(5))
            try await within { await worker.wait() }
            #expect(try await consumer.next(worker: 0, upTo: 1) == nil)
            _ = try await sender.stop()
        }
    }

    @Test("closing waits for the leased batch and commits it")
    func closeWaits() async throws {
        try await KafkaFixture.run { fixture in
            try await fixture.send(["0", "1"])
            var options = KafkaConsumerOptions.group()
            options.handlerDeadline = .milliseconds(1)
            let consumer = try await fixture.consumer(options)
            let batch = try #require(try await within { try await consumer.next(worker: 0, upTo: 1) })
            async let closing: Void = consumer.close(deadline: .seconds(30))
            try await eventually("closing") { consumer.shared.isClosing }
            try await consumer.roundsWithBatch()
            await consumer.complete(batch)
            await closing
            let next = try await fixture.consumer(.group())
            #expect(try await next.take(1).map(\.text) == ["1"])
        }
    }

    @Test("closing ends by its deadline with a handler that never ends and a broker that is down", .timeLimit(.minutes(1)))
    func closeStuck() async throws {
        try await KafkaFixture.run { fixture in
            try await fixture.send(["0"])
            let consumer = try await fixture.consumer(.group())
            _ = try #require(try await within { try await consumer.next(worker: 0, upTo: 1) })
            try fixture.broker.setDown()
            await consumer.close(deadline: .seconds(3))
        }
    }

    @Test("a consumer that was never started closes at once, and its event stream ends")
    func closeUnstarted() async throws {
        let configuration = KafkaConfiguration(bootstrapServers: "127.0.0.1:1", clientID: "test")
        let consumer = try KafkaConsumer(configuration, options: .group(), logger: .quiet)
        await consumer.close(deadline: .seconds(1))
        for await event in consumer.events { Issue.record("\(event)") }
        await #expect(throws: KafkaError.self) { try await consumer.start() }
    }

    @Test("a cancelled wait ends at once and loses no record; a second task for a worker and an unknown worker are refused")
    func cancelled() async throws {
        try await KafkaFixture.run { fixture in
            let consumer = try await fixture.consumer(.group())
            for _ in 0..<50 {
                let wait = Task { try await consumer.next(worker: 0, upTo: 1) }
                wait.cancel()
                await #expect(throws: CancellationError.self) { try await wait.value }
            }
            let wait = Task { try await consumer.next(worker: 0, upTo: 1) }
            try await eventually("the wait") { consumer.shared.workers.withLock { $0.workers[0].waiter != nil } }
            await #expect(throws: KafkaError.self) { try await consumer.next(worker: 0, upTo: 1) }
            await #expect(throws: KafkaError.self) { try await consumer.next(worker: 1, upTo: 1) }
            await #expect(throws: KafkaError.self) { try await consumer.next(worker: -1, upTo: 1) }
            wait.cancel()
            await #expect(throws: CancellationError.self) { try await wait.value }
            try await fixture.send(["0"])
            #expect(try await consumer.take(1).map(\.text) == ["0"])
        }
    }

    @Test("lag and progress are returned and recorded in the metrics")
    func lag() async throws {
        try await KafkaFixture.run { fixture in
            try await fixture.send((0..<10).map { "\($0)" })
            let metrics = TestMetrics()
            var options = KafkaConsumerOptions.group()
            options.metricsInterval = .milliseconds(100)
            let consumer = try await fixture.consumer(options, metrics: metrics)
            let id = try #require(try await consumer.assigned().first)
            try await eventually("a lag of 10") { await consumer.lag() == [id: 10] }
            _ = try await consumer.take(4, upTo: 4)
            #expect(await consumer.lag() == [id: 6])
            let dimensions = [("client", "test"), ("topic", "t"), ("partition", "0")]
            try await eventually("the gauges") {
                guard let lag = try? metrics.expectGauge("kafka_consumer_lag_records", dimensions).lastValue,
                    let done = try? metrics.expectGauge("kafka_consumer_done_offset", dimensions).lastValue
                else { return false }
                return lag == 6 && done == 4
            }
            let records = try metrics.expectCounter("kafka_consumer_records_total", [("client", "test")])
            try await eventually("all records are counted") { records.totalValue == 10 }
        }
    }
}
