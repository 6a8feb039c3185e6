import Foundation
import MetricsTestKit
import Testing

@testable import Kafka

@Suite("Back-pressure, the watchdog and closing") struct BackPressureTests {
    @Test("no more records than the depth wait while a handler sleeps, and none is lost or doubled by pausing and resuming")
    func depth() async throws {
        try await Bench.run { bench in
            let depth = 20
            try await bench.send((0..<1000).map { "\($0)" })
            let metrics = TestMetrics()
            var options = KafkaConsumerOptions.group("g", depth: depth)
            options.metricsInterval = .milliseconds(100)
            let consumer = try await bench.consumer(options, metrics: metrics)
            _ = try await consumer.assigned()
            let started = ContinuousClock.now
            var texts: [String] = []
            var most = 0
            while texts.count < 1000 {
                let batch = try #require(try await within { try await consumer.next(lane: 0, upTo: 7) })
                if texts.count < 50 { try await Task.sleep(for: .milliseconds(30)) }
                most = max(most, consumer.waitingForTests)
                texts += batch.records.compactMap(\.text)
                await consumer.done(batch)
            }
            #expect(texts == (0..<1000).map { "\($0)" })
            #expect(most > 0 && most <= depth)
            // A hundred pauses: a broker thread that slept through each resumption would need a second for each.
            #expect(ContinuousClock.now - started < .seconds(25))
        }
    }

    @Test("a partition whose taking is paused gives nothing out, the others go on; resumed, it goes on where it stood")
    func pauseTaking() async throws {
        try await Bench.run(topics: [("t", 2)]) { bench in
            let consumer = try await bench.consumer(.group("g"))
            _ = try await consumer.assigned()
            let paused = TopicPartition(topic: "t", partition: 0)
            consumer.pauseTaking(paused)
            try await bench.send(["0", "1"], partition: 0)
            try await bench.send(["a", "b"], partition: 1)
            #expect(try await consumer.take(2).compactMap(\.text) == ["a", "b"])
            try await bench.send(["c"], partition: 1)
            #expect(try await consumer.take(1).compactMap(\.text) == ["c"])
            consumer.resumeTaking(paused)
            #expect(try await consumer.take(2).compactMap(\.text) == ["0", "1"])
        }
    }

    @Test("a handler that sits on its batch is told of, again at each deadline, and its lane alone stands still")
    func watchdog() async throws {
        try await Bench.run(topics: [("t", 2)]) { bench in
            var options = KafkaConsumerOptions.group("g", lanes: 2)
            options.handlerDeadline = .milliseconds(300)
            let consumer = try await bench.consumer(options)
            try await bench.send(["0"], partition: 0)
            let batch = try #require(try await within { try await consumer.next(lane: 0, upTo: 1) })
            for time in 1...2 {
                let out = try await consumer.event("the watchdog") { event -> Duration? in
                    if case .stuck(0, [TopicPartition(topic: "t", partition: 0)], let out) = event { return out }
                    return nil
                }
                #expect(out >= .milliseconds(300) * time)
            }
            try await bench.send(["a"], partition: 1)
            #expect(try await consumer.take(1, lane: 1).map(\.text) == ["a"])
            await consumer.done(batch)
        }
    }

    @Test("closing while records flow ends by its deadline; what waits for a batch gets nil")
    func closeWhileFlowing() async throws {
        try await Bench.run(topics: [("t", 2)]) { bench in
            let seen = Seen()
            let consumer = try await bench.consumer(.group("g", lanes: 2))
            let worker = Worker(consumer, lanes: 2, seen)
            let sender = Sender(bench, partitions: 2, pause: .zero)
            try await eventually("records") { seen.distinct > 100 }
            let took = await ContinuousClock().measure { await consumer.close(deadline: .seconds(5)) }
            #expect(took < .seconds(21))
            try await within { await worker.wait() }
            #expect(try await consumer.next(lane: 0, upTo: 1) == nil)
            _ = try await sender.stop()
        }
    }

    @Test("closing waits for the batch that is out, and commits it")
    func closeWaits() async throws {
        try await Bench.run { bench in
            try await bench.send(["0", "1"])
            let consumer = try await bench.consumer(.group())
            let batch = try #require(try await within { try await consumer.next(lane: 0, upTo: 1) })
            async let closing: Void = consumer.close(deadline: .seconds(10))
            try await Task.sleep(for: .milliseconds(300))
            await consumer.done(batch)
            await closing
            let next = try await bench.consumer(.group())
            #expect(try await next.take(1).map(\.text) == ["1"])
        }
    }

    @Test("closing ends by its deadline with a handler that never ends and a broker that is gone")
    func closeStuck() async throws {
        try await Bench.run { bench in
            try await bench.send(["0"])
            let consumer = try await bench.consumer(.group())
            _ = try #require(try await within { try await consumer.next(lane: 0, upTo: 1) })
            try bench.broker.setDown()
            let took = await ContinuousClock().measure { await consumer.close(deadline: .seconds(3)) }
            #expect(took < .seconds(20))
        }
    }

    @Test("a consumer that was never started closes at once, and its events end")
    func closeUnstarted() async throws {
        let configuration = KafkaConfiguration(bootstrapServers: "127.0.0.1:1", clientID: "test")
        let consumer = try KafkaConsumer(configuration, options: .group(), logger: .quiet)
        await consumer.close(deadline: .seconds(1))
        for await event in consumer.events { Issue.record("\(event)") }
        await #expect(throws: KafkaError.self) { try await consumer.start() }
    }

    @Test("a cancelled wait ends at once and takes no record with it; a lane is one task's; a lane there is not is refused")
    func cancelled() async throws {
        try await Bench.run { bench in
            let consumer = try await bench.consumer(.group())
            for _ in 0..<50 {
                let wait = Task { try await consumer.next(lane: 0, upTo: 1) }
                wait.cancel()
                await #expect(throws: CancellationError.self) { try await wait.value }
            }
            let wait = Task { try await consumer.next(lane: 0, upTo: 1) }
            try await eventually("the wait") { consumer.isWaitedForInTests(lane: 0) }
            await #expect(throws: KafkaError.self) { try await consumer.next(lane: 0, upTo: 1) }
            await #expect(throws: KafkaError.self) { try await consumer.next(lane: 1, upTo: 1) }
            await #expect(throws: KafkaError.self) { try await consumer.next(lane: -1, upTo: 1) }
            wait.cancel()
            await #expect(throws: CancellationError.self) { try await wait.value }
            try await bench.send(["0"])
            #expect(try await consumer.take(1).map(\.text) == ["0"])
        }
    }

    @Test("lag and progress are known, and go to the metrics")
    func lag() async throws {
        try await Bench.run { bench in
            try await bench.send((0..<10).map { "\($0)" })
            let metrics = TestMetrics()
            var options = KafkaConsumerOptions.group()
            options.metricsInterval = .milliseconds(100)
            let consumer = try await bench.consumer(options, metrics: metrics)
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
            #expect(records.totalValue == 10)
        }
    }
}

extension KafkaConsumer {
    fileprivate var waitingForTests: Int { lanesForTests { $0.partitions.values.map(\.waiting.count).max() ?? 0 } }

    fileprivate func isWaitedForInTests(lane: Int) -> Bool { lanesForTests { $0.lanes[lane].waiter != nil } }
}
