import AuditTrail
public import Kafka
import Kernel
public import Logging
import Messages
public import Postgres
import Recovery

/// Runs a service's messaging: the consumer and its workers, the relay, catch-up, replies, sealing and housekeeping.
///
/// A service supplies its handler registry; everything else is here.
public final class MessagingRuntime<Rows: UnitOfWork>: Sendable {
    /// The problems that stop message processing, for readiness.
    public let health: MessagingHealth
    /// Accepts commands for other services and waits for their answers.
    public let requests: Requests
    /// Publishes messages that no incoming message caused, for example those of a timer or an operator.
    public let publisher: OutboxPublisher

    let registry: HandlerRegistry<Rows>
    let pool: PostgresPool
    /// Sessions planned for lookups by key.
    private let batchPool: PostgresPool
    /// The same for the relay, with asynchronous commit.
    private let relayPool: PostgresPool
    private let options: MessagingOptions
    private let logger: Logger
    private let consumer: KafkaConsumer
    private let producer: KafkaProducer
    private let relay: Relay
    private let catchUp: CatchUp
    private let housekeeping: Housekeeping
    private let sealer: Sealer
    private let replies: ReplyListener
    private let losses: OffsetLossRecorder
    private let topics: TopicProvisioner
    private let workers: [Worker<Rows>]
    private let applied = AppliedSignal()

    /// Creates the parts and connects them; processing starts with `run`. Throws `MessagingMisconfigured` when the handler registry or the
    /// options are invalid, and `KafkaError` when Kafka's settings are.
    public init(
        _ registry: HandlerRegistry<Rows>, pool: PostgresPool, kafka: KafkaConfiguration, options: MessagingOptions = MessagingOptions(),
        faults: FaultHook? = nil, logger: Logger
    ) throws {
        let problems = registry.problems + options.problems
        guard problems.isEmpty else { throw MessagingMisconfigured(problems: problems) }
        (self.registry, self.pool, self.options, self.logger) = (registry, pool, options, logger)
        let service = registry.service
        let health = MessagingHealth(kafka: kafka.bootstrapServers)
        health.report("topics", "not checked yet")
        self.health = health
        let (ids, known, waiters) = (UUIDv7Source(), KnownTopics(), ReplyWaiters())
        let counters = MessagingMetrics(service: service)

        // A service that sends commands for API callers also looks up applied versions for them.
        batchPool = pool.sibling(connections: options.workers + (registry.asks.isEmpty ? 1 : 5), settings: PostgresPlans.byKey)
        relayPool = pool.sibling(
            connections: Relay.loopsAtMost, settings: PostgresPlans.byKey + [PostgresSetting("synchronous_commit", "off")])

        // Outbound: whatever commits messages signals the relay, which publishes them.
        producer = try KafkaProducer(kafka, options: options.producerOptions, logger: logger)
        let relay = Relay(
            service: service, pool: relayPool, producer: producer,
            leases: RelayLeases(holder: ids.next(at: WallClock().now()), pool: pool, term: options.relayLease), topics: known,
            options: options, health: health, counters: counters, faults: faults, logger: logger)
        self.relay = relay
        requests = Requests(pool: pool, lookUps: batchPool, waiters: waiters, applied: applied, onCommit: relay.signal)
        publisher = OutboxPublisher(service: service, pool: pool, ids: ids, onCommit: relay.signal)
        let messages = PlatformMessages(service: service, ids: ids)
        sealer = Sealer(
            pool: pool, headInterval: options.auditHeadInterval, write: { try await messages.write($0, on: $1) }, onCommit: relay.signal,
            logger: logger)

        // Inbound: the consumer's batches go to the workers.
        // A single instance receives every reply itself, so a waiting request is resumed before the reply is stored.
        let resumesOnArrival = options.isSingleInstance && !registry.asks.isEmpty
        let resume: @Sendable ([KafkaRecord]) -> Void = { waiters.wake($0) }
        let consumer = try KafkaConsumer(
            kafka, options: options.consumerOptions(service, topics: registry.topics, resumesOnArrival: resumesOnArrival),
            logger: logger, onArrival: resumesOnArrival ? resume : nil)
        self.consumer = consumer
        let reader = Reader(registry: registry, bounds: options.commandTimeBounds)
        let store = InboxStore(reader: reader)
        let processor = BatchProcessor(
            registry: registry, store: store, parking: Parking(service: service, rowsPerKeyAtMost: options.rowsPerParkedKeyAtMost),
            ids: ids, notifiesInstances: !options.isSingleInstance, faults: faults)
        let controls = Controls(
            pool: batchPool, store: store, processor: processor,
            redrive: Redrive(pool: batchPool, processor: processor, reader: reader), republisher: Republisher(service: service))

        // Recovery: missing records are requested from their producers.
        let catchUp = CatchUp(
            pool: pool,
            options: CatchUp.Options(
                gapTimeout: options.gapTimeout, requestTimeout: options.republishTimeout, recordsAtMost: options.republishAtMost),
            environment: CatchUp.Environment(
                reading: { consumer.waiting }, partitions: { try? known.partitions(of: $0).get() },
                write: { try await messages.write($0, on: $1) }, onCommit: relay.signal,
                report: { health.set("catch-up", $0) }),
            logger: logger)
        self.catchUp = catchUp
        let losses = OffsetLossRecorder(
            consumer: consumer, partitions: { try known.partitions(of: $0).get() }, writers: { registry.writers(to: $0) }, catchUp: catchUp)
        self.losses = losses
        workers = (0..<options.workers).map { [batchPool, applied] index in
            Worker(
                index: index, options: options, consumer: consumer, pool: batchPool,
                reader: reader, processor: processor, controls: controls, health: health, counters: counters, logger: logger,
                signals: WorkerSignals(committed: relay.signal, gap: catchUp.wake.signal, applied: applied.signal),
                beforeBatch: losses.settle)
        }

        replies = ReplyListener(configuration: kafka, waiters: waiters, options: options, logger: logger)
        topics = TopicProvisioner(
            kafka: kafka, producer: producer, plan: TopicPlan(service: service, uses: registry.usedTopics, options: options),
            known: known, health: health, logger: logger)
        housekeeping = Housekeeping(pool: pool, options: options, counters: counters, logger: logger)
    }

    /// Processes messages until the task is cancelled, then stops in order: it receives no more, finishes its batches, publishes the outbox
    /// and leaves the consumer group. Throws when a part ends with an error that a retry cannot fix.
    public func run() async throws {
        do {
            try await topics.waitUntilReady()
            try await consumer.start()
        } catch {
            await Task { await self.stop() }.value
            if error is CancellationError { return }
            throw error
        }
        // Cancellation must not interrupt a batch: it closes the consumer, which ends the workers, which ends the rest.
        let work = Task { try await self.work() }
        let ended = await withTaskCancellationHandler {
            await work.result
        } onCancel: {
            Task {
                await self.consumer.close(deadline: self.options.stopDeadline / 2)
                work.cancel()
                await self.endPublishing(after: self.options.stopDeadline / 4)
            }
        }
        await Task { await self.stop() }.value
        if case .failure(let error) = ended, !(error is CancellationError) { throw error }
    }

    /// Runs all parts until the first of them ends.
    private func work() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in workers { group.addTask { try await worker.run() } }
            group.addTask { await self.topics.watch() }
            group.addTask { try await self.relay.run() }
            group.addTask { try await self.catchUp.run() }
            group.addTask { await self.housekeeping.run() }
            group.addTask { await self.sealer.run() }
            group.addTask { await self.watch() }
            group.addTask { try await self.losses.run() }
            if !registry.asks.isEmpty && !options.isSingleInstance {
                group.addTask { try await self.replies.run() }
                group.addTask { await self.listenForApplied() }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Passes on the signals of the service's other instances.
    private func listenForApplied() async {
        let listener = PostgresListener(pool.configuration, channels: [AppliedSignal.channel], logger: logger)
        let hints = listener.hints(on: AppliedSignal.channel)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await listener.run() }
            for await _ in hints { applied.signal() }
            group.cancelAll()
        }
    }

    private func stop() async {
        let share = options.stopDeadline / 4
        await consumer.close(deadline: share)
        let ending = Task { await endPublishing(after: share) }
        do {
            try await relay.drain(deadline: share)
        } catch {
            logger.warning(
                "stopped before the whole outbox was published; the rest is published after the next start", metadata: ["error": "\(error)"]
            )
        }
        ending.cancel()
        // Nothing is in flight any more, so the rest closes at once; its deadlines add up to one share.
        await producer.close(deadline: share / 2)
        await batchPool.close(deadline: share / 4)
        await relayPool.close(deadline: share / 4)
    }

    /// Closes the producer after `pause`: without Kafka a record's timeout is longer than a stop may take.
    private func endPublishing(after pause: Duration) async {
        do { try await Task.sleep(for: pause) } catch { return }
        await producer.close(deadline: options.stopDeadline / 8)
    }

    /// Logs the consumer's events and reports them to health.
    private func watch() async {
        for await event in consumer.events {
            switch event {
            case .assigned(let partitions): logger.info("partitions assigned", metadata: ["partitions": "\(partitions.count)"])
            case .revoked(let partitions):
                logger.info("partitions revoked", metadata: ["partitions": "\(partitions.count)"])
                for id in partitions { health.clear(PausedPartitions.healthPart(id)) }
            case .positionLost(let topic, let partition, let reason):
                logger.notice(
                    "the consumer's offset is no longer in the log; missing records will be requested from the producer",
                    metadata: ["topic": "\(topic)", "partition": "\(partition)", "reason": "\(reason)"])
            case .error(let error): logger.warning("Kafka reported an error", metadata: ["error": "\(error)"])
            case .stalled(let standstill, let isRenewed):
                logger.warning(
                    "the consumer had stopped receiving and was restarted",
                    metadata: ["waited": "\(standstill)", "renewed": "\(isRenewed)"])
            case .stuck(let worker, let partitions, let out):
                health.report("stuck-\(worker)", "a batch of \(partitions) has been processing for \(out)")
                logger.error("a handler is stuck", metadata: ["worker": "\(worker)", "partitions": "\(partitions)", "out": "\(out)"])
            }
        }
    }
}

/// The handler registry or the options are invalid. The service does not start.
public struct MessagingMisconfigured: Error, CustomStringConvertible {
    /// The problems, one line each.
    public let problems: [String]
    /// All problems in one line.
    public var description: String { "messaging is misconfigured: " + problems.joined(separator: "; ") }
}
