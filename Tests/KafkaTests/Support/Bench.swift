import Foundation
import Logging
import Metrics

@testable import Kafka

/// A broker of a test's own with what runs against it; `run` closes all of it, also when the test fails.
final class Bench: Sendable {
    let broker: EmbeddedBroker
    let configuration: KafkaConfiguration
    private let closers = Closers()

    private init(_ broker: EmbeddedBroker) {
        self.broker = broker
        configuration = KafkaConfiguration(bootstrapServers: broker.bootstrapServers, clientID: "test")
    }

    static func run(
        brokers: Int = 1, topics: [(name: String, partitions: Int)] = [("t", 1)], _ body: @Sendable (Bench) async throws -> Void
    ) async throws {
        let bench = Bench(try EmbeddedBroker(brokers: brokers, topics: topics))
        do {
            try await body(bench)
        } catch {
            await bench.close()
            throw error
        }
        await bench.close()
    }

    private func close() async {
        await closers.closeAll()
        await broker.close()
    }

    func producer(_ options: KafkaProducerOptions = KafkaProducerOptions(), _ more: [String: String] = [:]) async throws -> KafkaProducer {
        var configuration = configuration
        configuration.properties = more
        let producer = try KafkaProducer(configuration, options: options, logger: .quiet)
        await closers.add { await producer.close(deadline: .seconds(5)) }
        return producer
    }

    func consumer(
        _ options: KafkaConsumerOptions, metrics: (any MetricsFactory)? = nil, arrivals: (@Sendable ([KafkaRecord]) -> Void)? = nil
    ) async throws -> KafkaConsumer {
        let consumer = try KafkaConsumer(configuration, options: options, logger: .quiet, metrics: metrics, arrivals: arrivals)
        await closers.add { await consumer.close(deadline: .seconds(5)) }
        try await consumer.start()
        return consumer
    }

    /// Sends the texts to partition 0, without keys, and fails unless all are acknowledged.
    @discardableResult
    func send(_ texts: [String], to topic: String = "t", partition: Int32 = 0) async throws -> [KafkaPlace] {
        let producer = try KafkaProducer(configuration, logger: .quiet)
        let results = await producer.send(
            texts.map { KafkaOutgoing(topic: topic, partition: partition, key: nil, value: Array($0.utf8)) })
        await producer.close(deadline: .seconds(5))
        return try results.map { try $0.get() }
    }
}

private actor Closers {
    private var closers: [@Sendable () async -> Void] = []

    func add(_ closer: @escaping @Sendable () async -> Void) { closers.append(closer) }

    func closeAll() async {
        for closer in closers.reversed() { await closer() }
        closers = []
    }
}

extension KafkaConsumerOptions {
    /// A group whose rebalances are quick: the embedded broker takes the session's length for them. It must pass the 3 s that
    /// the broker waits for a first member, or that member is timed out before it has joined.
    static func group(_ name: String = "g", _ topics: [String] = ["t"], lanes: Int = 1, depth: Int = 2000) -> KafkaConsumerOptions {
        KafkaConsumerOptions(
            mode: .group(name), topics: topics, lanes: lanes, depthRecords: depth, sessionTimeout: .seconds(4),
            commitInterval: .milliseconds(100))
    }
}

extension KafkaConsumer {
    /// Takes records of a lane, each batch done, until there are this many.
    func take(_ count: Int, lane: Int = 0, upTo limit: Int = 100, within deadline: Duration = .seconds(40)) async throws -> [KafkaRecord] {
        try await within(deadline, "\(count) records of lane \(lane)") {
            var records: [KafkaRecord] = []
            while records.count < count, let batch = try await self.next(lane: lane, upTo: min(limit, count - records.count)) {
                records += batch.records
                await self.done(batch)
            }
            return records
        }
    }

    /// One batch of lane 0 with this many records: smaller ones are abandoned until the others are there too.
    func batch(of count: Int) async throws -> KafkaBatch {
        try await within(.seconds(40), "a batch of \(count)") {
            while let batch = try await self.next(lane: 0, upTo: count) {
                if batch.records.count == count { return batch }
                self.abandon(batch)
                try await Task.sleep(for: .milliseconds(10))
            }
            throw TooLate(what: "a batch of \(count): the consumer was closed")
        }
    }

    /// The first event that fits.
    func event<R: Sendable>(
        _ what: String, within deadline: Duration = .seconds(40), _ fits: @escaping @Sendable (KafkaConsumerEvent) -> R?
    ) async throws -> R {
        try await within(deadline, what) {
            for await event in self.events {
                if let found = fits(event) { return found }
            }
            throw TooLate(what: "\(what): the events ended")
        }
    }

    func assigned() async throws -> [TopicPartition] {
        try await event("an assignment") { event in
            if case .assigned(let ids) = event, !ids.isEmpty { return ids }
            return nil
        }
    }
}

extension KafkaRecord {
    var text: String? { value.map { String(decoding: $0, as: UTF8.self) } }
}

extension Logger {
    /// Errors only, and only what a test does not expect to be said.
    static var quiet: Logger {
        var logger = Logger(label: "kafka-tests", factory: { _ in SwiftLogNoOpLogHandler() })
        logger.logLevel = .critical
        return logger
    }
}
