import Logging
import Metrics
import Synchronization

/// What a consumer's callers and its thread share.
final class ConsumerShared: Sendable {
    static let eventLimit = 4096

    let lanes: Mutex<ConsumerLanes>
    let logger: Logger
    let metrics: ConsumerMetrics
    /// Shown records of a partition before anybody can take them.
    let arrivals: (@Sendable ([KafkaRecord]) -> Void)?
    /// Lost places that nobody has said are dealt with, each with the number of its last loss. An event may be dropped, this may not.
    let losses = Mutex(ConsumerLosses())
    private let events: AsyncStream<KafkaConsumerEvent>.Continuation
    private let tickets = Atomic<UInt64>(0)
    private let tailing = Atomic<Bool>(false)
    private let closing = Mutex<ContinuousClock.Instant?>(nil)
    private let queue = Mutex<RDQueue?>(nil)

    init(
        _ options: KafkaConsumerOptions, clientID: String, logger: Logger, metrics: any MetricsFactory,
        events: AsyncStream<KafkaConsumerEvent>.Continuation, arrivals: (@Sendable ([KafkaRecord]) -> Void)? = nil
    ) {
        lanes = Mutex(ConsumerLanes(lanes: options.lanes, depthRecords: options.depthRecords, depthBytes: options.depthBytes))
        self.logger = logger
        self.metrics = ConsumerMetrics(clientID: clientID, factory: metrics)
        self.events = events
        self.arrivals = arrivals
    }

    // MARK: For callers

    func next(lane: Int, upTo limit: Int) async throws -> KafkaBatch? {
        let ticket = tickets.add(1, ordering: .relaxed).newValue
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                // The check is made under the lock that the handler below takes: a cancellation is seen here, or finds the waiter.
                change { lanes in
                    guard !Task.isCancelled else {
                        return ConsumerLanes.Actions(failed: [(continuation, CancellationError())])
                    }
                    return lanes.wait(lane, ticket: ticket, limit: limit, continuation)
                }
            }
        } onCancel: {
            change { $0.cancel(lane, ticket: ticket) }
        }
    }

    /// Changes the lanes, then does outside of the lock what follows.
    func change(_ body: (inout ConsumerLanes) -> ConsumerLanes.Actions) {
        let actions = lanes.withLock { lanes in body(&lanes) }
        actions.perform()
        if actions.wakesThread { wakeThread() }
    }

    func close(by deadline: ContinuousClock.Instant) {
        closing.withLock { closing in
            if closing == nil { closing = deadline }
        }
        change { $0.close() }
    }

    var closeBy: ContinuousClock.Instant? { closing.withLock { $0 } }

    var isClosing: Bool { closeBy != nil }

    var isTailing: Bool { tailing.load(ordering: .acquiring) }

    // MARK: For the thread

    func setTailing() { tailing.store(true, ordering: .releasing) }

    /// The queue the thread waits at, or nil before it is destroyed.
    func setQueue(_ fresh: RDQueue?) { queue.withLock { $0 = fresh } }

    private func wakeThread() { queue.withLock { $0?.wake() } }

    func tell(_ event: KafkaConsumerEvent) {
        if case .positionLost(let topic, let partition, _) = event {
            losses.withLock { $0.add(TopicPartition(topic: topic, partition: partition)) }
        }
        if case .dropped(let lost) = events.yield(event) {
            logger.error("nobody reads the Kafka consumer's events: the oldest was dropped", metadata: ["event": "\(lost)"])
        }
    }

    func finishEvents() { events.finish() }
}
