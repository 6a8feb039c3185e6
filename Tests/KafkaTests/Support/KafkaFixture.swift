import Foundation
import Logging
import Metrics

@testable import Kafka

/// An embedded broker for one test, with its clients; `run` closes all of them, also when the test fails.
final class KafkaFixture: Sendable {
    let broker: EmbeddedBroker
    let configuration: KafkaConfiguration
    private let cleanup = CleanupActions()

    private init(_ broker: EmbeddedBroker) {
        self.broker = broker
        configuration = KafkaConfiguration(bootstrapServers: broker.bootstrapServers, clientID: "test")
    }

    static func run(
        brokers: Int = 1, topics: [(name: String, partitions: Int)] = [("t", 1)], _ body: @Sendable (KafkaFixture) async throws -> Void
    ) async throws {
        let fixture = KafkaFixture(try EmbeddedBroker(brokers: brokers, topics: topics))
        do {
            try await body(fixture)
        } catch {
            await fixture.close()
            throw error
        }
        await fixture.close()
    }

    private func close() async {
        await cleanup.runAll()
        await broker.close()
    }

    func producer(_ options: KafkaProducerOptions = KafkaProducerOptions(), _ more: [String: String] = [:]) async throws -> KafkaProducer {
        var configuration = configuration
        configuration.properties = more
        let producer = try KafkaProducer(configuration, options: options, logger: .quiet)
        await cleanup.add { await producer.close(deadline: .seconds(5)) }
        return producer
    }

    func consumer(
        _ options: KafkaConsumerOptions, metrics: (any MetricsFactory)? = nil, onArrival: (@Sendable ([KafkaRecord]) -> Void)? = nil
    ) async throws -> KafkaConsumer {
        let consumer = try KafkaConsumer(configuration, options: options, logger: .quiet, metrics: metrics, onArrival: onArrival)
        await cleanup.add { await consumer.close(deadline: .seconds(5)) }
        try await consumer.start()
        return consumer
    }

    /// Sends the texts without keys, and throws unless all are acknowledged.
    @discardableResult
    func send(_ texts: [String], to topic: String = "t", partition: Int32 = 0) async throws -> [KafkaRecordMetadata] {
        let producer = try KafkaProducer(configuration, logger: .quiet)
        let results = await producer.send(
            texts.map { KafkaProducerRecord(topic: topic, partition: partition, key: nil, value: Array($0.utf8)) })
        await producer.close(deadline: .seconds(5))
        return try results.map { try $0.get() }
    }
}

private actor CleanupActions {
    private var actions: [@Sendable () async -> Void] = []

    func add(_ action: @escaping @Sendable () async -> Void) { actions.append(action) }

    func runAll() async {
        for action in actions.reversed() { await action() }
        actions = []
    }
}

extension KafkaConsumerOptions {
    /// A group with quick rebalances: on the embedded broker they take as long as the session timeout. That must exceed the 3 s that
    /// the broker waits for a first member, or that member times out before it has joined.
    static func group(_ name: String = "g", _ topics: [String] = ["t"], workers: Int = 1, depth: Int = 2000) -> KafkaConsumerOptions {
        KafkaConsumerOptions(
            mode: .group(name), topics: topics, workers: workers, depthRecords: depth, sessionTimeout: .seconds(4),
            commitInterval: .milliseconds(100))
    }
}

extension KafkaConsumer {
    /// Reads and completes batches of a worker until it has this many records.
    func take(_ count: Int, worker: Int = 0, upTo limit: Int = 100) async throws -> [KafkaRecord] {
        try await within(.seconds(40), "\(count) records of worker \(worker)") {
            var records: [KafkaRecord] = []
            while records.count < count, let batch = try await self.next(worker: worker, upTo: min(limit, count - records.count)) {
                records += batch.records
                await self.complete(batch)
            }
            return records
        }
    }

    /// One batch of worker 0 with this many records: smaller batches are abandoned until all records have arrived.
    func batch(of count: Int) async throws -> KafkaBatch {
        try await within(.seconds(40), "a batch of \(count)") {
            while let batch = try await self.next(worker: 0, upTo: count) {
                if batch.records.count == count { return batch }
                self.abandon(batch)
                try await Task.sleep(for: .milliseconds(10))
            }
            throw TestTimeout(what: "a batch of \(count): the consumer was closed")
        }
    }

    /// The first event for which `match` returns a value.
    func event<R: Sendable>(_ what: String, _ match: @escaping @Sendable (KafkaConsumerEvent) -> R?) async throws -> R {
        try await within(.seconds(40), what) {
            for await event in self.events {
                if let found = match(event) { return found }
            }
            throw TestTimeout(what: "\(what): the events ended")
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
    /// Discards log lines.
    static var quiet: Logger {
        var logger = Logger(label: "kafka-tests", factory: { _ in SwiftLogNoOpLogHandler() })
        logger.logLevel = .critical
        return logger
    }
}
