public import Logging
public import Metrics

/// Sends records, and returns for each record its partition and offset or its error.
///
/// A dedicated thread serves librdkafka; no call here blocks the cooperative pool. During a broker outage records wait until their
/// deadline. An error that ends librdkafka's client (`isFatal`) fails the records in flight, and the client is replaced.
public final class KafkaProducer: Sendable {
    let loop: ProducerLoop
    private let options: KafkaProducerOptions
    private let logger: Logger

    /// Starts the producer; no broker needs to be reachable yet.
    /// - Parameters:
    ///   - configuration: the connection settings
    ///   - options: the producer's options
    ///   - logger: receives librdkafka's log lines and errors
    ///   - metrics: receives the metrics; nil uses the process's factory
    /// - Throws: `KafkaError` that names an unknown, malformed or reserved property
    public init(
        _ configuration: KafkaConfiguration, options: KafkaProducerOptions = KafkaProducerOptions(), logger: Logger,
        metrics: (any MetricsFactory)? = nil
    ) throws {
        self.options = options
        self.logger = logger
        loop = try ProducerLoop(
            options.properties(configuration), logger: logger,
            metrics: ProducerMetrics(clientID: configuration.clientID, factory: metrics ?? MetricsSystem.factory))
    }

    deinit {
        guard !loop.isClosing else { return }
        logger.error("a Kafka producer was deallocated without close(deadline:): the records in flight fail")
        loop.close(deadline: .now)
    }

    /// Sends the records and waits until each is acknowledged by all in-sync replicas, or has failed.
    ///
    /// Accepted records of one partition keep their order, also after an earlier awaited `send`. A failed record (too large, timed out)
    /// does not stop the following ones, not even those of its key: a caller that must not overtake a failed record checks the results.
    /// A record that failed with a timeout may still have been stored.
    /// - Returns: one result for each record, in order, within `messageTimeout` plus about a second
    public func send(_ records: [KafkaProducerRecord]) async -> [Result<KafkaRecordMetadata, KafkaError>] {
        guard !records.isEmpty else { return [] }
        let batch = SendBatch(count: records.count)
        loop.register(batch)
        let waitUntil = ContinuousClock.now + options.queueSpaceTimeout
        var next = 0
        while next < records.count {
            next = loop.enqueue(records, from: next, to: batch)
            guard next < records.count else { break }
            guard !loop.isClosing, ContinuousClock.now < waitUntil else { break }
            await loop.queueSpace.wait()
        }
        failRemaining(batch, from: next)
        batch.finishEnqueueing()
        let results = await batch.results()
        loop.unregister(batch)
        loop.metrics.count(results)
        return results
    }

    private func failRemaining(_ batch: SendBatch, from first: Int) {
        guard first < batch.count else { return }
        let error =
            loop.isClosing
            ? KafkaError(code: KafkaError.Code.closed, "the Kafka producer is closed")
            : KafkaError(
                code: KafkaError.Code.queueFull, "the producer's queue was full or its client unavailable for \(options.queueSpaceTimeout)")
        for index in first..<batch.count { batch.fail(index, error) }
    }

    /// The number of partitions of a topic.
    /// - Throws: `KafkaError` when the topic is unknown or the cluster does not answer by the deadline
    public func partitionCount(of topic: String, deadline: Duration) async throws -> Int {
        guard let found = try await topics(deadline: deadline)[topic] else { throw KafkaError.unknownTopic(topic) }
        return found.partitions.count
    }

    /// The topics that are visible to this client, by name. The request does not create topics.
    /// - Throws: `KafkaError` when the cluster does not answer by the deadline
    public func topics(deadline: Duration) async throws -> [String: KafkaTopicDescription] {
        try await loop.topics(end: .now + deadline)
    }

    /// Refuses new records, waits for the records in flight until the deadline, fails the rest, and destroys the client.
    public func close(deadline: Duration) async {
        loop.close(deadline: .now + deadline)
        await loop.ended.wait()
    }
}
