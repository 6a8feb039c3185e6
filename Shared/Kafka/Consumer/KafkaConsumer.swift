public import Logging
public import Metrics
import Synchronization

/// Reads records of topics, as a member of a group or alone, and delivers them in batches to workers.
///
/// A dedicated thread serves librdkafka; no call here blocks the cooperative pool. librdkafka handles broker outages and leader
/// changes, without a time limit; after a fatal error, which `events` reports, a new client joins. Delivery is at least once:
/// records that are delivered and not completed are delivered again.
public final class KafkaConsumer: Sendable {
    /// Assignments, errors and other events. Read by one task. At most 4096 events are buffered; the oldest is then dropped and logged.
    public let events: AsyncStream<KafkaConsumerEvent>

    let shared: ConsumerShared
    let loop: Mutex<ConsumerLoop?>
    private let configuration: KafkaConfiguration
    private let options: KafkaConsumerOptions

    /// Creates a consumer; `start` starts it.
    /// - Parameters:
    ///   - configuration: how to reach the cluster
    ///   - options: what to read and how
    ///   - logger: receives librdkafka's log lines and errors
    ///   - metrics: receives the metrics; nil uses the process's factory
    ///   - onArrival: called with a partition's records when they arrive, before a worker can take them, and again when they are fetched
    ///     again. It runs on the consumer's thread, so it must be short; correctness must not depend on it.
    /// - Throws: `KafkaError` that names an unknown, malformed or reserved property
    public init(
        _ configuration: KafkaConfiguration, options: KafkaConsumerOptions, logger: Logger, metrics: (any MetricsFactory)? = nil,
        onArrival: (@Sendable ([KafkaRecord]) -> Void)? = nil
    ) throws {
        guard !options.topics.isEmpty else {
            throw KafkaError(code: KafkaError.Code.invalidArgument, "a consumer needs at least one topic")
        }
        try options.properties(configuration).validate()
        let (stream, continuation) = AsyncStream.makeStream(
            of: KafkaConsumerEvent.self, bufferingPolicy: .bufferingNewest(ConsumerShared.eventLimit))
        events = stream
        shared = ConsumerShared(
            options, clientID: configuration.clientID, logger: logger, metrics: metrics ?? MetricsSystem.factory, events: continuation,
            onArrival: onArrival)
        loop = Mutex(nil)
        self.configuration = configuration
        self.options = options
    }

    deinit {
        guard loop.withLock({ $0 != nil }), !shared.isClosing else { return }
        shared.logger.error("a Kafka consumer was deallocated without close(deadline:): its last offsets are not committed")
        shared.close(by: .now)
    }

    /// Joins the group, or assigns all partitions.
    ///
    /// In modes `group` and `assigned` it returns at once, even without a broker; `events` reports the partitions. In mode `tail` it
    /// returns when every record sent from now on will be read. May be called again to wait again.
    /// - Throws: `KafkaError`; retriable in mode `tail` when the end offsets were not known by `startDeadline`. The consumer keeps trying.
    public func start() async throws {
        try loop.withLock { loop in
            guard !shared.isClosing else { throw KafkaError(code: KafkaError.Code.closed, "the Kafka consumer is closed") }
            guard loop == nil else { return }
            let made = try ConsumerLoop(options, configuration, shared)
            made.start()
            loop = made
        }
        guard options.mode == .tail else { return }
        let end = ContinuousClock.now + options.startDeadline
        while !shared.isTailing {
            guard !shared.isClosing else { throw KafkaError(code: KafkaError.Code.closed, "the Kafka consumer is closed") }
            guard ContinuousClock.now < end else {
                throw KafkaError(
                    code: KafkaError.Code.timedOut,
                    "timed out reading the end offsets of \(options.topics.joined(separator: ", ")); check that a broker runs")
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Waits for the worker's next batch.
    ///
    /// While the worker holds a batch, it waits until that is completed or abandoned. The worker's partitions are served round-robin.
    /// Records of one partition are delivered in offset order, each once unless abandoned, and never from an earlier assignment.
    /// - Parameters:
    ///   - worker: the worker, from 0
    ///   - limit: the maximum number of records
    /// - Returns: at least one record; nil once the consumer is closed
    /// - Throws: `CancellationError`; `KafkaError` when two tasks wait for one worker, or the worker does not exist
    public func next(worker: Int, upTo limit: Int) async throws -> KafkaBatch? {
        guard worker >= 0, worker < options.workers else {
            throw KafkaError(code: KafkaError.Code.invalidArgument, "worker \(worker) does not exist: the consumer has \(options.workers)")
        }
        return try await shared.next(worker: worker, upTo: max(1, limit))
    }

    /// Completes a batch, after its effects are committed: its records are not delivered again, and the worker may take the next batch.
    ///
    /// The offsets are committed within `commitInterval`. If a partition was revoked in the meantime, its offsets are not stored and
    /// its next owner handles the records again.
    public func complete(_ batch: KafkaBatch) async { shared.change { $0.complete(batch) } }

    /// Returns a batch that was not handled: its records are delivered first by the worker's next `next`, or to the partition's next owner.
    public func abandon(_ batch: KafkaBatch) { shared.change { $0.abandon(batch) } }

    /// Whether the batch's partitions are still assigned to this consumer and not being revoked. Check it before each retry of a batch,
    /// and abandon the batch when it is false.
    public func isStillAssigned(_ batch: KafkaBatch) -> Bool {
        shared.workers.withLock { workers in
            !workers.isDraining && batch.pieces.allSatisfy { workers.partitions[$0.id]?.epoch == $0.epoch }
        }
    }

    /// The position losses reported in `events` that are not resolved yet. A loss is listed before the first record after it is delivered.
    public var positionLosses: Set<KafkaPositionLoss> { shared.losses.withLock { $0.unresolved } }

    /// Marks these losses as resolved. A later loss stays unresolved, also of the same partition.
    public func resolve(_ losses: Set<KafkaPositionLoss>) { shared.losses.withLock { $0.resolve(losses) } }

    /// Stops delivery of a partition's records until `resumeDelivery` or its next assignment. Fetching pauses when its buffer is full.
    public func pauseDelivery(_ id: TopicPartition) { shared.change { $0.setDelivery(id, isPaused: true) } }

    /// Undoes `pauseDelivery`.
    public func resumeDelivery(_ id: TopicPartition) { shared.change { $0.setDelivery(id, isPaused: false) } }

    /// The partitions that are assigned to this consumer.
    public var assignment: [TopicPartition] { shared.workers.withLock { $0.partitions.keys.sorted() } }

    /// The assigned partitions, each with the number of fetched records that no worker has taken. 0 means that all records known in the
    /// log are delivered.
    public var waiting: [TopicPartition: Int] { shared.workers.withLock { $0.partitions.mapValues(\.waiting.count) } }

    /// The number of records after the completed ones, for each assigned partition. Queries the leaders for at most 5 s, and otherwise
    /// uses the end offset of the last fetch; a partition is absent when neither is known.
    public func lag() async -> [TopicPartition: Int64] {
        guard let loop = loop.withLock({ $0 }) else { return [:] }
        return await loop.lag()
    }

    /// Stops delivery, waits for the leased batches, commits, leaves the group and destroys the client, all within the deadline. Threads
    /// that do not end by then are abandoned, with a log line. Waiting calls of `next` return nil.
    public func close(deadline: Duration) async {
        shared.close(by: .now + deadline)
        guard let loop = loop.withLock({ $0 }) else { return shared.finishEvents() }
        await loop.ended.wait()
    }
}
