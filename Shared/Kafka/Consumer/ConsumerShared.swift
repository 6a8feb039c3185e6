import Logging
import Metrics
import Synchronization

/// The state that a consumer's callers and its thread share.
final class ConsumerShared: Sendable {
    static let eventLimit = 4096

    let workers: Mutex<ConsumerWorkers>
    let logger: Logger
    let metrics: ConsumerMetrics
    /// Called with a partition's records before a worker can take them.
    let onArrival: (@Sendable ([KafkaRecord]) -> Void)?
    /// Position losses that are not resolved. Kept apart from the events, because an event may be dropped and a loss may not.
    let losses = Mutex(ConsumerLosses())
    private let events: AsyncStream<KafkaConsumerEvent>.Continuation
    /// librdkafka's client. It is set to nil before the client is destroyed, so that no other thread uses the client then.
    let client = Mutex<RDConsumer?>(nil)
    private let tickets = Atomic<UInt64>(0)
    private let tailing = Atomic<Bool>(false)

    init(
        _ options: KafkaConsumerOptions, clientID: String, logger: Logger, metrics: any MetricsFactory,
        events: AsyncStream<KafkaConsumerEvent>.Continuation, onArrival: (@Sendable ([KafkaRecord]) -> Void)? = nil
    ) {
        workers = Mutex(ConsumerWorkers(workers: options.workers, depthRecords: options.depthRecords, depthBytes: options.depthBytes))
        self.logger = logger
        self.metrics = ConsumerMetrics(clientID: clientID, factory: metrics)
        self.events = events
        self.onArrival = onArrival
    }

    // MARK: For callers

    func next(worker: Int, upTo limit: Int) async throws -> KafkaBatch? {
        let ticket = tickets.add(1, ordering: .relaxed).newValue
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                // Checked under the lock that the cancellation handler takes: a cancellation is seen either here or by `cancel`.
                change { workers in
                    guard !Task.isCancelled else {
                        return ConsumerWorkers.Actions(answers: [(continuation, .failure(CancellationError()))])
                    }
                    return workers.wait(worker, ticket: ticket, limit: limit, continuation)
                }
            }
        } onCancel: {
            change { $0.cancel(worker, ticket: ticket) }
        }
    }

    /// Changes the workers, then performs the resulting actions outside the lock.
    func change(_ body: (inout ConsumerWorkers) -> ConsumerWorkers.Actions) {
        let actions = workers.withLock { workers in body(&workers) }
        actions.perform()
        if actions.wakesThread { wakeThread() }
    }

    func close(by deadline: ContinuousClock.Instant) { change { $0.close(by: deadline) } }

    var closeBy: ContinuousClock.Instant? { workers.withLock { $0.closeBy } }

    var isClosing: Bool { closeBy != nil }

    var isTailing: Bool { tailing.load(ordering: .acquiring) }

    // MARK: For the thread

    func setTailing() { tailing.store(true, ordering: .releasing) }

    /// Uses the client on another thread than its own. Returns nil, without calling `body`, when there is no client.
    func withClient<R>(_ body: (RDConsumer) throws -> R) rethrows -> R? {
        guard let current = client.withLock({ $0 }) else { return nil }
        return try current.use.run { try body(current) }
    }

    private func wakeThread() { client.withLock { $0?.queue.wake() } }

    func report(_ event: KafkaConsumerEvent) {
        if case .positionLost(let topic, let partition, _) = event {
            losses.withLock { $0.add(TopicPartition(topic: topic, partition: partition)) }
        }
        if case .dropped(let lost) = events.yield(event) {
            logger.error("the Kafka consumer's event buffer is full: dropped the oldest event", metadata: ["event": "\(lost)"])
        }
    }

    func finishEvents() { events.finish() }
}
