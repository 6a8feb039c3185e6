public import Logging
public import Metrics
import Synchronization

/// Reads records of topics, as a member of a group or on its own, and gives them out in batches by lane.
///
/// One thread of its own serves librdkafka; no call here blocks the cooperative pool. A broker that is away, comes back or is not
/// the leader any more is dealt with by librdkafka for as long as it takes; an error that ends librdkafka's client is told in
/// `events`, and a new client joins. Delivery is at least once: what is given out and not `done` is given out again.
public final class KafkaConsumer: Sendable {
    /// What happens beside the records. One task reads it; 4096 events wait at most, the oldest make room and are told in the log.
    public let events: AsyncStream<KafkaConsumerEvent>

    private let shared: ConsumerShared
    private let loop: Mutex<ConsumerLoop?>
    private let configuration: KafkaConfiguration
    private let options: KafkaConsumerOptions

    /// Makes a consumer that does nothing yet.
    /// - Parameters:
    ///   - configuration: how to reach the cluster
    ///   - options: what to read and how
    ///   - logger: where librdkafka's log lines and errors go
    ///   - metrics: where the figures go; nil is the process's own
    ///   - arrivals: shown the records of a partition as they come, before anybody can take them, and some of them again when they come
    ///     again. It runs on the consumer's thread, so it has to be brief; what it does must not need doing.
    /// - Throws: `KafkaError` that names a property which is unknown, ill-formed or reserved
    public init(
        _ configuration: KafkaConfiguration, options: KafkaConsumerOptions, logger: Logger, metrics: (any MetricsFactory)? = nil,
        arrivals: (@Sendable ([KafkaRecord]) -> Void)? = nil
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
            arrivals: arrivals)
        loop = Mutex(nil)
        self.configuration = configuration
        self.options = options
    }

    deinit {
        guard loop.withLock({ $0 != nil }), !shared.isClosing else { return }
        shared.logger.error("a Kafka consumer was dropped without close(deadline:): it leaves its group without its last commit")
        shared.close(by: .now)
    }

    /// Joins the group, or takes all partitions.
    ///
    /// In modes `group` and `alone` it returns at once, a broker need not be there; `events` tells of the partitions. In mode `tail` it returns
    /// when every record sent from now on will be read. Calling it again waits again.
    /// - Throws: `KafkaError`, retriable in mode `tail` when the ends were not known by `startDeadline`; it goes on trying
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
                    "where \(options.topics.joined(separator: ", ")) end was not known in \(options.startDeadline): is a broker there?")
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Waits for records of a lane.
    ///
    /// While a batch of the lane is out, it waits until that is `done` or abandoned. The lane's partitions take turns; records of
    /// one partition come in the order of their offsets, each once unless abandoned, and never from before a reassignment.
    /// - Parameters:
    ///   - lane: the lane, from 0
    ///   - limit: how many records at most
    /// - Returns: at least one record; nil once the consumer is closed
    /// - Throws: `CancellationError`; `KafkaError` when two tasks wait for one lane, or there is no such lane
    public func next(lane: Int, upTo limit: Int) async throws -> KafkaBatch? {
        guard lane >= 0, lane < options.lanes else {
            throw KafkaError(code: KafkaError.Code.invalidArgument, "there is no lane \(lane): the consumer has \(options.lanes)")
        }
        return try await shared.next(lane: lane, upTo: max(1, limit))
    }

    /// The batch's effects are committed: its records are not given out again, and the lane may take the next batch.
    ///
    /// Kafka learns it within `commitInterval`. Of a partition that was taken away meanwhile nothing is stored, and its next owner
    /// does the records again.
    public func done(_ batch: KafkaBatch) async { shared.change { $0.done(batch) } }

    /// The batch was not done: the same records come first at the lane's next `next`, or at whoever is given the partition.
    public func abandon(_ batch: KafkaBatch) { shared.change { $0.abandon(batch) } }

    /// Whether the batch's partitions are still this consumer's, and nobody is taking them away. Who tries a batch again and again
    /// asks before each try, and abandons what is not held any more.
    public func stillHolds(_ batch: KafkaBatch) -> Bool {
        shared.lanes.withLock { lanes in
            !lanes.isDraining && batch.pieces.allSatisfy { lanes.partitions[$0.id]?.epoch == $0.epoch }
        }
    }

    /// The partitions whose place in the log was lost, as `events` tells, and not yet settled. A loss stands here before the first
    /// record after it is given out.
    public var positionLosses: Set<KafkaPositionLoss> { shared.losses.withLock { $0.standing } }

    /// These losses are dealt with. One that came after them stands, also where it is of the same partition.
    public func settle(_ losses: Set<KafkaPositionLoss>) { shared.losses.withLock { $0.settle(losses) } }

    /// Gives out no records of a partition until `resumeTaking`, or until it is assigned anew; at its depth it is paused.
    public func pauseTaking(_ id: TopicPartition) { shared.change { $0.setTaking(id, isPaused: true) } }

    /// Takes `pauseTaking` back.
    public func resumeTaking(_ id: TopicPartition) { shared.change { $0.setTaking(id, isPaused: false) } }

    /// The partitions that are this consumer's now.
    public var assignment: [TopicPartition] { shared.lanes.withLock { $0.partitions.keys.sorted() } }

    /// The partitions that are this consumer's now, each with how many of its records were read and wait to be taken: with none,
    /// all that the log was last seen to hold was given out.
    public var waiting: [TopicPartition: Int] { shared.lanes.withLock { $0.partitions.mapValues(\.waiting.count) } }

    /// For each partition of this consumer, how many records lie after what is done. It asks the leaders, for 5 s at most, and
    /// falls back on what the last fetch said; a partition of which neither is known is absent.
    public func lag() async -> [TopicPartition: Int64] {
        guard let loop = loop.withLock({ $0 }) else { return [:] }
        return await loop.lag()
    }

    /// Gives out nothing more, waits for the batches that are out, commits, leaves the group and ends the client, all within the
    /// deadline; what does not end by then is left behind with a complaint in the log. Waiting `next`s give nil.
    public func close(deadline: Duration) async {
        shared.close(by: .now + deadline)
        guard let loop = loop.withLock({ $0 }) else { return shared.finishEvents() }
        await loop.ended.wait()
    }

    /// Has librdkafka's client fail for good, so that tests can prove the recovery from it.
    func raiseFatalErrorForTests() { loop.withLock { $0 }?.raiseFatalErrorForTests() }

    /// Has librdkafka not ask for a partition any more, unknown to this module, for tests.
    func pauseBehindForTests(_ id: TopicPartition) throws { try loop.withLock { $0 }?.pauseBehindForTests(id) }

    /// Has a partition's place be lost, for tests.
    func loseForTests(_ id: TopicPartition) {
        shared.tell(.positionLost(topic: id.topic, partition: id.partition, reason: .noCommittedOffset))
    }

    /// Looks at the lanes, for tests.
    func lanesForTests<R: Sendable>(_ body: (ConsumerLanes) -> R) -> R { shared.lanes.withLock { body($0) } }

    /// Offers partitions as if the cluster had them, for tests: the embedded broker's topics cannot grow.
    func offerForTests(_ ids: [TopicPartition]) { loop.withLock { $0 }?.offer(ids) }
}
