import Logging
import Synchronization

/// The thread behind one client of a consumer: it serves librdkafka's queue, and between two looks at it does what has fallen due.
/// Everything here is used by that thread alone.
final class ConsumerThread {
    /// Where the client stands with its partitions.
    enum Phase {
        /// It has none.
        case none
        /// It was given these, and the offsets to start from are being asked for.
        case positioning([TopicPartition])
        /// It reads.
        case reading
        /// They are taken away; what is out may be done until then.
        case draining(until: ContinuousClock.Instant)
    }

    /// How the service of a client ends.
    enum Ending: Equatable {
        case closed
        case failed
        case stalled(KafkaConsumerEvent.Standstill)
    }

    let client: RDConsumer
    let loop: ConsumerLoop
    let shared: ConsumerShared
    let options: KafkaConsumerOptions
    var phase = Phase.none
    var intake: ConsumerIntake
    /// Partitions whose log does not hold the offset asked for, with that offset.
    var lost: [TopicPartition: Int64] = [:]
    /// What was done in the assignment before and could not be committed at its end.
    var unconfirmed: [TopicPartition: Int64] = [:]
    /// Where work stood when the last assignment ended, for the client that follows this one.
    var stood: [RDOffset] = []
    /// Before then, what failed is not tried again.
    var retryAt = ContinuousClock.now
    private var measureAt = ContinuousClock.now
    private var lookAt = ContinuousClock.now
    private var lastTick = ContinuousClock.now
    private var lastErrors: [Int32: ContinuousClock.Instant] = [:]
    private var fatal: KafkaError?
    /// Why this client is to make room for another.
    var stall: KafkaConsumerEvent.Standstill?
    var watch: ConsumerWatch
    private let resumingAt: [RDOffset]

    static let tickMilliseconds: Int32 = 100
    static let retryPause = Duration.milliseconds(200)
    /// How long this thread waits for an answer at most: meanwhile it serves nothing.
    static let answerTimeout = Duration.seconds(3)
    private static let eventsATime = 2000

    init(_ client: RDConsumer, _ loop: ConsumerLoop, resumingAt: [RDOffset], stalls: Int) {
        self.client = client
        self.loop = loop
        self.resumingAt = resumingAt
        stood = resumingAt
        shared = loop.shared
        options = loop.options
        watch = ConsumerWatch(
            joinDeadline: loop.options.rebalanceDeadline + loop.options.sessionTimeout, fetchDeadline: loop.options.stallDeadline,
            stalls: stalls)
        intake = ConsumerIntake(client, loop.shared, depthRecords: loop.options.depthRecords, depthBytes: loop.options.depthBytes)
    }

    /// Serves until the consumer is closed, or the client failed for good or stands still.
    func serve() -> Ending {
        subscribe()
        while true {
            let served = serveEvents(milliseconds: Self.tickMilliseconds)
            intake.flush()
            if let fatal {
                report(fatal)
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
            if let stall {
                leave(by: .now + Self.answerTimeout)
                return .stalled(stall)
            }
        }
    }

    private func subscribe() {
        guard options.isMember else { return }
        do { try client.subscribe(options.topics) } catch { report(error) }
    }

    private func serveEvents(milliseconds: Int32) -> Int {
        var served = 0
        while served < Self.eventsATime, let event = client.queue.poll(milliseconds: served == 0 ? milliseconds : 0) {
            served += 1
            switch event.kind {
            case .record: intake.receive(event)
            case .assigned: take(event.partitions.map(\.id))
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
            fatal = client.client.fatalError ?? error
        } else if error.code == KafkaError.Code.autoOffsetReset, let partition = event.partition {
            lost[partition.id] = partition.offset
        } else {
            report(error)
        }
    }

    /// Tells of an error, of the same one once a second at most: a broker that is away would tell of itself without end.
    func report(_ error: KafkaError) {
        shared.metrics.count(error)
        let now = ContinuousClock.now
        if let last = lastErrors[error.code], now - last < .seconds(1), !error.isFatal { return }
        lastErrors[error.code] = now
        shared.logger.info("Kafka consumer", metadata: ["error": "\(error)"])
        shared.tell(.error(error))
    }

    // MARK: What falls due

    private func tick(_ now: ContinuousClock.Instant) {
        storeDone()
        intake.resume()
        switch phase {
        case .positioning(let ids): if now >= retryAt { position(ids) }
        case .draining(let until): if now >= until || !shared.lanes.withLock({ $0.hasLease }) { endDrain() }
        case .reading: if !lost.isEmpty, now >= retryAt { reposition() }
        case .none: if !options.isMember, now >= retryAt { takeAll(resumingAt) }
        }
        if !options.isMember { lookForPartitions(now) }
        watchOver(now)
        for stuck in shared.lanes.withLock({ $0.takeOverdue(options.handlerDeadline, now: now) }) { tell(stuck) }
        guard now >= measureAt else { return }
        measureAt = now + options.metricsInterval
        loop.startMeasuring()
    }

    /// Tells librdkafka what is done; its next commit says so.
    func storeDone() {
        guard options.group != nil, case let unstored = shared.lanes.withLock({ $0.takeUnstored() }), !unstored.isEmpty else { return }
        do { try client.store(unstored) } catch { report(error) }
    }

    private func tell(_ stuck: KafkaConsumerEvent) {
        shared.metrics.countStuck()
        shared.logger.error("a handler of Kafka records is stuck", metadata: ["event": "\(stuck)"])
        shared.tell(stuck)
    }

    private func lookForPartitions(_ now: ContinuousClock.Instant) {
        if case .reading = phase { add(loop.takeFound()) }
        look(now)
    }

    /// Asks the cluster for the topics' partitions now and then.
    func look(_ now: ContinuousClock.Instant) {
        guard now >= lookAt else { return }
        lookAt = now + options.refreshInterval
        loop.startLooking()
    }
}
