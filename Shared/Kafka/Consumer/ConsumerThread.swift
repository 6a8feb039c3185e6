import Logging
import Synchronization

/// The thread of one librdkafka client: it serves the client's event queue and runs periodic work between polls. Only this thread
/// uses the state below.
final class ConsumerThread {
    /// The phase of the partition assignment.
    enum Phase {
        /// No partitions are assigned.
        case none
        /// These partitions are assigned, and their start offsets are being read.
        case positioning([TopicPartition])
        /// Records are being fetched. The log does not have the requested offset of the lost partitions.
        case reading(lost: [TopicPartition: Int64])
        /// The partitions are being revoked; running batches may complete until the instant.
        case draining(until: ContinuousClock.Instant)
    }

    /// Why `serve` returned.
    enum StopReason: Equatable {
        case closed
        case failed
        case stalled(KafkaConsumerEvent.Stall)
    }

    let client: RDConsumer
    let loop: ConsumerLoop
    let shared: ConsumerShared
    let options: KafkaConsumerOptions
    var phase = Phase.none
    var intake: ConsumerIntake
    /// Completed offsets of the previous assignment whose commit failed.
    var unconfirmed: [TopicPartition: Int64] = [:]
    /// The positions when the last assignment ended; at first those of the previous client.
    var lastPositions: [RDOffset]
    /// The earliest time of the next retry.
    var retryAt = ContinuousClock.now
    private var measureAt = ContinuousClock.now
    private var discoverAt = ContinuousClock.now
    private var lastTick = ContinuousClock.now
    private var lastErrors: [Int32: ContinuousClock.Instant] = [:]
    /// Why this client is to be replaced; nil while it works.
    var stopReason: StopReason?
    var stallDetector: ConsumerStallDetector

    static let tickMilliseconds: Int32 = 100
    static let retryPause = Duration.milliseconds(200)
    /// The longest time that this thread blocks on a request; meanwhile it serves no events.
    static let answerTimeout = Duration.seconds(3)
    private static let eventsPerRound = 2000

    init(_ client: RDConsumer, _ loop: ConsumerLoop, resumingAt: [RDOffset], stalls: Int) {
        self.client = client
        self.loop = loop
        lastPositions = resumingAt
        shared = loop.shared
        options = loop.options
        stallDetector = ConsumerStallDetector(
            joinDeadline: loop.options.rebalanceDeadline + loop.options.sessionTimeout, fetchDeadline: loop.options.stallDeadline,
            stalls: stalls)
        intake = ConsumerIntake(client, loop.shared)
    }

    /// Serves until the consumer is closed, the client fails fatally, or it stalls.
    func serve() -> StopReason {
        subscribe()
        while true {
            let served = serveEvents(milliseconds: Self.tickMilliseconds)
            intake.flush()
            if stopReason == .failed {
                forgetAssignment()
                return .failed
            }
            let now = ContinuousClock.now
            if served == 0 || now - lastTick > .milliseconds(5) {
                lastTick = now
                tick(now)
            }
            if let closeBy = shared.closeBy, isReadyToLeave(closeBy, now) {
                leave(by: closeBy)
                return .closed
            }
            if let stopReason {
                leave(by: .now + Self.answerTimeout)
                return stopReason
            }
        }
    }

    private func subscribe() {
        guard options.isMember else { return }
        do { try client.subscribe(options.topics) } catch { report(error) }
    }

    private func serveEvents(milliseconds: Int32) -> Int {
        var served = 0
        while served < Self.eventsPerRound, let event = client.queue.poll(milliseconds: served == 0 ? milliseconds : 0) {
            served += 1
            switch event.kind {
            case .record: intake.receive(event)
            case .assigned: beginAssignment(event.partitions.map(\.id))
            case .revoked: beginDrain()
            case .error: handle(event)
            case .offsetCommit: if let error = event.error, error.code != KafkaError.Code.noOffset { report(error) }
            case .log: event.write(to: shared.logger)
            case .deliveryReports, .other: break
            }
        }
        return served
    }

    private func handle(_ event: borrowing RDEvent) {
        guard let error = event.error else { return }
        if error.isFatal || error.code == KafkaError.Code.fatal {
            guard stopReason == nil else { return }
            stopReason = .failed
            report(client.client.fatalError ?? error)
        } else if error.code == KafkaError.Code.autoOffsetReset, let partition = event.partition {
            guard case .reading(var lost) = phase else { return }
            lost[partition.id] = partition.offset
            phase = .reading(lost: lost)
        } else {
            report(error)
        }
    }

    /// Reports an error, the same code at most once a second: an unavailable broker causes an endless stream of errors.
    func report(_ error: KafkaError) {
        shared.metrics.count(error)
        let now = ContinuousClock.now
        if let last = lastErrors[error.code], now - last < .seconds(1), !error.isFatal { return }
        lastErrors[error.code] = now
        shared.logger.info("Kafka consumer", metadata: ["error": "\(error)"])
        shared.report(.error(error))
    }

    // MARK: Periodic work

    private func tick(_ now: ContinuousClock.Instant) {
        storeDone()
        intake.resume()
        switch phase {
        case .positioning(let ids): if now >= retryAt { position(ids) }
        case .draining(let until): if now >= until || !shared.workers.withLock({ $0.hasLease }) { endDrain() }
        case .reading(let lost): if !lost.isEmpty, now >= retryAt { reposition(lost) }
        case .none: if !options.isMember, now >= retryAt { assignAll() }
        }
        if !options.isMember { addPartitions(now) }
        detectStall(now)
        for stuck in shared.workers.withLock({ $0.takeOverdue(options.handlerDeadline, now: now) }) { reportStuck(stuck) }
        guard now >= measureAt else { return }
        measureAt = now + options.metricsInterval
        loop.startMeasuring()
    }

    /// Stores the completed offsets in librdkafka, for its next commit.
    func storeDone() {
        guard options.group != nil, case let unstored = shared.workers.withLock({ $0.takeUnstored() }), !unstored.isEmpty else { return }
        do { try client.store(unstored) } catch { report(error) }
    }

    private func reportStuck(_ stuck: KafkaConsumerEvent) {
        shared.metrics.countStuck()
        shared.logger.error("a batch of Kafka records exceeds the handler deadline", metadata: ["event": "\(stuck)"])
        shared.report(stuck)
    }

    private func addPartitions(_ now: ContinuousClock.Instant) {
        if case .reading = phase { add(loop.takeDiscovered()) }
        discoverPartitions(now)
    }

    /// Queries the topics' partitions every `refreshInterval`.
    func discoverPartitions(_ now: ContinuousClock.Instant) {
        guard now >= discoverAt else { return }
        discoverAt = now + options.refreshInterval
        loop.startDiscovery()
    }
}
