public import Logging
public import Metrics

/// Sends records and tells for each where it lies or why it does not.
///
/// One thread of its own serves librdkafka; no call here blocks the cooperative pool. A broker that is away is waited for until the
/// records' deadline; an error that ends librdkafka's client (`isFatal`) fails what was on its way, and a new client is made.
public final class KafkaProducer: Sendable {
    private let loop: ProducerLoop
    private let options: KafkaProducerOptions
    private let logger: Logger

    /// Starts the producer; no broker needs to be there yet.
    /// - Parameters:
    ///   - configuration: how to reach the cluster
    ///   - options: how to behave
    ///   - logger: where librdkafka's log lines and errors go
    ///   - metrics: where the figures go; nil is the process's own
    /// - Throws: `KafkaError` that names a property which is unknown, ill-formed or reserved
    public init(
        _ configuration: KafkaConfiguration, options: KafkaProducerOptions = KafkaProducerOptions(), logger: Logger,
        metrics: (any MetricsFactory)? = nil
    ) throws {
        self.options = options
        self.logger = logger
        loop = try ProducerLoop(
            options.properties(configuration), logger: logger,
            metrics: ProducerMetrics(clientID: configuration.clientID, factory: metrics ?? MetricsSystem.factory))
        loop.start()
    }

    deinit {
        guard !loop.isClosing else { return }
        logger.error("a Kafka producer was dropped without close(deadline:): records on their way are failed")
        loop.close(deadline: .now)
    }

    /// Sends the records and waits until each is acknowledged by all replicas in step, or failed.
    ///
    /// Records of one partition that are accepted keep their order, also against an earlier `send` that was awaited. A record that
    /// fails (too large, timed out) fails for itself; what follows it, its own key included, goes on, so a caller that must not
    /// overtake a failed record looks at the results. A failed record whose error is a timeout may still have arrived.
    /// - Returns: one result for each record, in the records' order, by `messageTimeout` and about a second
    public func send(_ records: [KafkaOutgoing]) async -> [Result<KafkaPlace, KafkaError>] {
        guard !records.isEmpty else { return [] }
        let batch = SendBatch(count: records.count)
        loop.register(batch)
        let roomEnds = ContinuousClock.now + options.roomTimeout
        var next = 0
        while next < records.count {
            next = loop.handOver(records, from: next, to: batch)
            guard next < records.count else { break }
            guard !loop.isClosing, ContinuousClock.now < roomEnds else { break }
            await loop.room.wait()
        }
        failLeftOver(batch, from: next)
        batch.allHandedOver()
        let results = await batch.results()
        loop.unregister(batch)
        loop.metrics.count(results)
        return results
    }

    private func failLeftOver(_ batch: SendBatch, from first: Int) {
        guard first < batch.count else { return }
        let error =
            loop.isClosing
            ? KafkaError(code: KafkaError.Code.closed, "the Kafka producer is closed")
            : KafkaError(
                code: KafkaError.Code.queueFull, "the producer's queue stayed full, or its client away, for \(options.roomTimeout)")
        for index in first..<batch.count { batch.fail(index, error) }
    }

    /// How many partitions a topic has.
    /// - Throws: `KafkaError` when the cluster does not know the topic, or does not answer by the deadline
    public func partitionCount(of topic: String, deadline: Duration) async throws -> Int {
        guard let found = try await topics(deadline: deadline)[topic] else { throw KafkaError.unknownTopic(topic) }
        return found.partitions.count
    }

    /// The topics that the cluster shows this client, by name. Asking makes none.
    /// - Throws: `KafkaError` when the cluster does not answer by the deadline
    public func topics(deadline: Duration) async throws -> [String: KafkaTopicDescription] {
        try await loop.topics(end: .now + deadline)
    }

    /// Refuses new records, waits for those on their way until the deadline, fails the rest, and ends the client.
    public func close(deadline: Duration) async {
        loop.close(deadline: .now + deadline)
        await loop.ended.wait()
    }

    /// Has librdkafka's client fail for good, so that tests can prove the recovery from it.
    func raiseFatalErrorForTests() { loop.raiseFatalErrorForTests() }
}
