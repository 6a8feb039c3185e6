public import Kafka
import Kernel
public import Logging
import Messages
public import Postgres

/// Everything that moves a service's messages: the consumer and its lanes, the relay, catching up, answers, housekeeping.
///
/// A service gives its table of contents and gets this; it writes none of it itself.
public final class MessagingRuntime<Rows: WorkingRows>: Sendable {
    /// What keeps messages from moving, for readiness.
    public let health: MessagingHealth
    /// Promises commands to other services and waits for their answers.
    public let requests: Requests
    /// Says what nobody asked for: what a timer or an operator brings about.
    public let speaker: Speaker

    let contents: Contents<Rows>
    let pool: PostgresPool
    /// Lends sessions that look rows up by their keys; and the same for the relay, whose commits wait for no disk.
    private let batchPool: PostgresPool
    private let relayPool: PostgresPool
    private let kafka: KafkaConfiguration
    private let options: MessagingOptions
    private let logger: Logger
    private let consumer: KafkaConsumer
    private let producer: KafkaProducer
    private let relay: Relay
    private let catchUp: CatchUp
    private let housekeeping: Housekeeping
    private let sealer: Sealer
    private let tail: ReplyTail
    private let losses: LossKeeper
    private let topics: TopicKeeper
    private let lanes: [Lane<Rows>]

    /// Puts the parts together; nothing moves before `run`. Throws `MessagingMisconfigured` when the table of contents or
    /// the options are at fault, and `KafkaError` when Kafka's settings are.
    public init(
        _ contents: Contents<Rows>, pool: PostgresPool, kafka: KafkaConfiguration, options: MessagingOptions = MessagingOptions(),
        faults: FaultHook? = nil, logger: Logger
    ) throws {
        let problems = contents.problems + options.problems
        guard problems.isEmpty else { throw MessagingMisconfigured(problems: problems) }
        self.contents = contents
        self.pool = pool
        self.kafka = kafka
        self.options = options
        self.logger = logger
        health = MessagingHealth(kafka: kafka.bootstrapServers)
        health.report("topics", "not looked for yet")
        let known = KnownTopics()
        let ids = UUIDv7Source()
        let counters = MessagingMetrics(service: contents.service)
        let behindBell = WakeUp()
        let waiters = ReplyWaiters()

        producer = try KafkaProducer(
            kafka,
            options: KafkaProducerOptions(
                linger: options.linger, compression: options.compresses ? .lz4 : .none, messageTimeout: options.produceTimeout,
                maximumRecordBytes: MessageLimits.recordBytes),
            logger: logger)
        // Who is alone gets every answer here, and whoever waits for one need not wait until it is stored.
        let wakesOnArrival = options.isAlone && !contents.asks.isEmpty
        let arrivals: (@Sendable ([KafkaRecord]) -> Void)? = if wakesOnArrival { { waiters.wake($0) } } else { nil }
        consumer = try KafkaConsumer(
            kafka,
            options: KafkaConsumerOptions(
                mode: options.isAlone ? .alone(contents.service) : .group(contents.service), topics: contents.topics,
                lanes: options.lanes, depthRecords: options.depthAPartition, sessionTimeout: options.sessionTimeout,
                fetchWait: wakesOnArrival ? min(options.fetchWait, options.replyFetchWait) : options.fetchWait,
                handlerDeadline: options.handlerDeadline),
            logger: logger, arrivals: arrivals)
        // Who is asked by people looks up for them too what it has been told.
        let lookUps = contents.asks.isEmpty ? 0 : 4
        batchPool = pool.sibling(connections: options.lanes + 1 + lookUps, settings: PostgresPlans.byKey)
        relayPool = pool.sibling(
            connections: Relay.partsAtMost, settings: PostgresPlans.byKey + [PostgresSetting("synchronous_commit", "off")])
        relay = Relay(
            service: contents.service, pool: relayPool, producer: producer,
            leases: RelayLeases(holder: ids.next(at: WallClock().now()), pool: pool, term: options.relayLease), topics: known,
            options: options,
            health: health, counters: counters, faults: faults, logger: logger)
        let ring: @Sendable () -> Void = { [relay] in relay.ring() }
        catchUp = CatchUp(
            service: contents.service, pool: pool, reading: { [consumer] in consumer.waiting }, topics: known, ids: ids,
            options: options, health: health, wake: behindBell, hasSaid: ring, logger: logger)
        housekeeping = Housekeeping(pool: pool, options: options, counters: counters, logger: logger)
        sealer = Sealer(
            service: contents.service, pool: pool, ids: ids, headInterval: options.auditHeadInterval, hasSaid: ring, logger: logger)
        requests = Requests(pool: pool, lookUps: batchPool, waiters: waiters, hasWritten: { [relay] in relay.hand([$0]) })
        speaker = Speaker(pool: pool, ids: ids, hasWritten: { [relay] in relay.hand([$0]) })
        topics = TopicKeeper(
            kafka: kafka, producer: producer, plan: TopicPlan(service: contents.service, uses: contents.usedTopics, options: options),
            known: known, health: health, logger: logger)
        tail = ReplyTail(configuration: kafka, waiters: waiters, options: options, logger: logger)
        losses = LossKeeper(
            consumer: consumer, topics: known, writers: { contents.writers(to: $0) },
            note: { [catchUp] keys in try await catchUp.lost(keys) })

        let reader = Reader(contents: contents, bounds: options.commandTimeBounds)
        let store = InboxStore(reader: reader)
        let processor = BatchProcessor(
            contents: contents, store: store, parking: Parking(service: contents.service, rowsAKeyAtMost: options.rowsBehindParkedAtMost),
            ids: ids, faults: faults)
        let controls = Controls(
            pool: batchPool, store: store, processor: processor,
            redrive: Redrive(pool: batchPool, processor: processor, reader: reader),
            republisher: Republisher(service: contents.service, ids: ids))
        lanes = (0..<options.lanes).map { [consumer, health, losses, batchPool, relay] index in
            Lane(
                index: index, batchAtMost: options.batchAtMost, pace: options.pace, consumer: consumer, pool: batchPool, reader: reader,
                processor: processor,
                controls: controls, health: health, counters: counters, logger: logger, relay: relay,
                isBehind: { behindBell.ring() }, beforeBatch: { try await losses.settle() })
        }
    }

    /// Moves messages until the task is cancelled, then stops in order: no more is taken, batches end, what waits is
    /// published, the group is left. Throws when a part ends for a reason that trying again cannot mend.
    public func run() async throws {
        do {
            try await topics.settle()
            try await consumer.start()
        } catch {
            await Task { await self.stop() }.value
            if error is CancellationError { return }
            throw error
        }
        // Cancelling must not tear batches: it closes the consumer, which ends the lanes, which ends the rest.
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
            for lane in lanes { group.addTask { try await lane.run() } }
            group.addTask { await self.topics.watch() }
            group.addTask { try await self.relay.run() }
            group.addTask { try await self.catchUp.run() }
            group.addTask { await self.housekeeping.run() }
            group.addTask { await self.sealer.run() }
            group.addTask { await self.watch() }
            group.addTask { try await self.losses.run() }
            if !contents.asks.isEmpty && !options.isAlone { group.addTask { try await self.tail.run() } }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func stop() async {
        let share = options.stopDeadline / 4
        await consumer.close(deadline: share)
        let ending = Task { await endPublishing(after: share) }
        do {
            try await relay.drain(deadline: share)
        } catch {
            logger.warning("not everything could be published before the stop; it is kept", metadata: ["error": "\(error)"])
        }
        ending.cancel()
        // Nothing is under way any more, so the rest ends at once; its bounds add up to one share.
        await producer.close(deadline: share / 2)
        await batchPool.close(deadline: share / 4)
        await relayPool.close(deadline: share / 4)
    }

    /// Gives up what Kafka has not acknowledged by then: with Kafka away a record is waited for longer than a stop may take.
    private func endPublishing(after pause: Duration) async {
        do { try await Task.sleep(for: pause) } catch { return }
        await producer.close(deadline: options.stopDeadline / 8)
    }

    /// Tells what happens to the consumer.
    private func watch() async {
        for await event in consumer.events {
            switch event {
            case .assigned(let partitions): logger.info("partitions assigned", metadata: ["partitions": "\(partitions.count)"])
            case .revoked(let partitions):
                logger.info("partitions revoked", metadata: ["partitions": "\(partitions.count)"])
                for id in partitions { health.clear(PartitionWaits.part(id)) }
            case .positionLost(let topic, let partition, let reason):
                logger.notice(
                    "a place in the log is lost; what is missing will be asked for",
                    metadata: ["topic": "\(topic)", "partition": "\(partition)", "reason": "\(reason)"])
            case .error(let error): logger.warning("Kafka reports", metadata: ["error": "\(error)"])
            case .stalled(let standstill, let isRenewed):
                logger.warning("reading stood still and was set going", metadata: ["waited": "\(standstill)", "renewed": "\(isRenewed)"])
            case .stuck(let lane, let partitions, let out):
                health.report("stuck-\(lane)", "a batch of \(partitions) has been out for \(out)")
                logger.error("a handler is stuck", metadata: ["lane": "\(lane)", "partitions": "\(partitions)", "out": "\(out)"])
            }
        }
    }
}

/// The program's own tables or options are at fault; a service with such a mistake does not start.
public struct MessagingMisconfigured: Error, CustomStringConvertible {
    /// What is wrong, a line each.
    public let problems: [String]
    /// All of it.
    public var description: String { "messaging is misconfigured: " + problems.joined(separator: "; ") }
}
