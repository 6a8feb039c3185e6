import Kafka
import Kernel
import Logging
import Messages
import Postgres

/// Publishes the outbox: it waits for a signal, claims a bounded number of rows, produces them to Kafka, and advances how far each topic's
/// shard is published.
///
/// One batch of a shard is on its way at a time, so what follows a row waits until it is known what became of that row. A second loop with
/// the other half of the shards claims rows while those of the first are on their way. Rows have their numbers from
/// when they were written: a record that is produced twice has the same number, and readers ignore it. A relay that dies leaves its rows as
/// they are, and the next holder of its shards publishes them.
struct Relay: Sendable {
    private let service: String
    private let pool: PostgresPool
    private let producer: KafkaProducer
    private let leases: RelayLeases
    private let topics: KnownTopics
    private let options: MessagingOptions
    private let health: MessagingHealth
    private let counters: MessagingMetrics
    private let faults: FaultHook?
    private let logger: Logger
    /// One for each loop.
    private let wakes: [WakeSignal]

    /// More loops would share the same processors.
    static let loopsAtMost = 2
    /// How long a key stops after a record that Kafka rejects.
    private static let blockedFor: Duration = .seconds(10)
    /// How often the outbox is polled while no other instance runs, for deferred rows that have become due.
    private static let pollIntervalAlone: Duration = .milliseconds(250)

    /// What the relay does next.
    private enum State {
        /// Nothing is known to wait, but perhaps events that linger.
        case idle
        /// Record the result of the last batch, and claim the next.
        case claiming(recording: RelayResult)
        /// Produce a claimed batch.
        case producing(RelayBatch)
    }

    init(
        service: String, pool: PostgresPool, producer: KafkaProducer, leases: RelayLeases, topics: KnownTopics,
        options: MessagingOptions, health: MessagingHealth, counters: MessagingMetrics, faults: FaultHook?, logger: Logger
    ) {
        (self.service, self.pool, self.producer, self.leases, self.topics) = (service, pool, producer, leases, topics)
        (self.options, self.health, self.counters, self.faults, self.logger) = (options, health, counters, faults, logger)
        wakes = (0..<min(options.workers, Self.loopsAtMost)).map { _ in WakeSignal() }
    }

    /// Tells the relay that rows were committed.
    func signal() { for wake in wakes { wake.signal() } }

    /// Runs until the task is cancelled.
    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await keepLeases() }
            for loop in wakes.indices { group.addTask { try await publish(loop) } }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Publishes until nothing waits or the deadline passes, and releases the shards; for a clean stop.
    func drain(deadline: Duration) async throws {
        let end = ContinuousClock.now + deadline
        var result = RelayResult()
        repeat {
            let batch = try await claim(recording: result, loop: nil, withEvents: true)
            result = batch.isEmpty ? RelayResult() : try await produce(batch)
        } while !result.isEmpty && ContinuousClock.now < end
        if !result.isEmpty { try await record(result) }
        try await leases.depart()
    }

    private func publish(_ loop: Int) async throws {
        var backoff = Backoff()
        var linger = EventLinger(options.eventLinger)
        var state = State.claiming(recording: RelayResult())
        while !Task.isCancelled {
            do {
                state = try await next(after: state, loop, &linger, &backoff)
            } catch {
                if Task.isCancelled { break }
                health.report(Self.name(loop), "cannot publish: \(WorkerFailure.explanation(error))")
                if backoff.failures % 10 == 0 {
                    logger.warning("publishing failed and will be retried", metadata: ["error": "\(WorkerFailure.explanation(error))"])
                }
                // A batch that was not produced is claimed again; a result that was not recorded is recorded later.
                if case .producing = state { state = .claiming(recording: RelayResult()) }
                try await backoff.pause()
            }
        }
        // Without this record the next relay would publish the last batch again.
        if case .claiming(let result) = state, !result.isEmpty { try await Task { try await record(result) }.value }
    }

    private func next(
        after state: State, _ loop: Int, _ linger: inout EventLinger, _ backoff: inout Backoff
    ) async throws -> State {
        switch state {
        case .idle:
            await wakes[loop].wait(atMost: linger.wait(atMost: leases.isOnlyHolder ? Self.pollIntervalAlone : options.relayPollInterval))
            return .claiming(recording: RelayResult())
        case .claiming(let result):
            let batch = try await claim(recording: result, loop: loop, withEvents: linger.claimsEvents())
            guard !batch.isEmpty else {
                health.clear(Self.name(loop))
                try await clearStoppedKeys()
                return .idle
            }
            if batch.rows.contains(where: { $0.topic == events }) { linger.begin() }
            return .producing(batch)
        case .producing(let batch):
            let result = try await produce(batch)
            if let error = result.firstError { report(error, result, loop) }
            if result.hasTransientFailure {
                try await record(result)
                try await backoff.pause()
                return .claiming(recording: RelayResult())
            }
            health.clear(Self.name(loop))
            backoff = Backoff()
            return .claiming(recording: result)
        }
    }

    /// Records a result and claims the next rows, in one transaction and one round trip.
    ///
    /// The server may forget the transaction, at the price of a repetition: the pool's sessions do not wait for the disk.
    ///
    /// - Parameters:
    ///   - loop: the loop whose shards are claimed; nil for all shards
    ///   - withEvents: whether the service's events are claimed too
    private func claim(recording result: RelayResult, loop: Int?, withEvents: Bool) async throws -> RelayBatch {
        try await pool.withConnection { connection in
            let claim = PostgresStep(
                RelayStatements.claim,
                [
                    leases.holder, leaseMargin.milliseconds, RelayBatch.rowsPerShard, RelayBatch.deferredBytesPerShard,
                    (withEvents ? nil : events) as String?, Int16(loop == nil ? 1 : wakes.count), Int16(loop ?? 0),
                ])
            let answers = try await connection.pipeline(result.steps(blockedFor: Self.blockedFor) + [claim])
            var batch = try RelayBatch(answers.last, source: service)
            try await batch.skipBlocked(on: connection)
            return batch
        }
    }

    private func record(_ result: RelayResult) async throws {
        _ = try await pool.withConnection { try await $0.pipeline(result.steps(blockedFor: Self.blockedFor)) }
    }

    private var events: String { Topic.events(of: service) }

    /// The least remaining time of a lease under which a batch is produced.
    private var leaseMargin: Duration { options.produceTimeout + .seconds(1) }

    private func produce(_ batch: RelayBatch) async throws -> RelayResult {
        let rows = batch.toPublish
        let counts = topics.partitions(of: Set(rows.map(\.topic)))
        let records = rows.compactMap { row in (try? counts[row.topic]?.get()).map { row.record(partitions: $0) } }
        async let sent = producer.send(records)
        try await faults?(.published)
        // A record for a missing topic fails by itself; the others do not wait for it.
        var results = await sent.makeIterator()
        let result = RelayResult(
            batch,
            rows.compactMap { row in
                if case .failure(let error) = counts[row.topic] { .failure(error) } else { results.next() }
            })
        try await faults?(.acknowledged)
        counters.published(result.publishedCount)
        return result
    }

    /// The name under which a loop's trouble is reported. Keys that stand still are reported as `relay-keys`.
    private static func name(_ loop: Int) -> String { "relay-\(loop)" }

    private func report(_ error: KafkaError, _ result: RelayResult, _ loop: Int) {
        health.report(result.hasTransientFailure ? Self.name(loop) : "relay-keys", "cannot publish: \(error.reason)")
        logger.warning("records were not published", metadata: ["records": "\(result.failedCount)", "error": "\(error)"])
    }

    /// Clears the problem of stopped keys once there are none.
    private func clearStoppedKeys() async throws {
        guard health.problems["relay-keys"] != nil else { return }
        let stopped = try await pool.withConnection { try await $0.query(RelayStatements.stoppedKeys, [leases.holder]) }
        if stopped.isEmpty { health.clear("relay-keys") }
    }

    private func keepLeases() async throws {
        var backoff = Backoff()
        while !Task.isCancelled {
            do {
                counters.shardsHeld(try await leases.maintain())
                // Shards may have been acquired.
                signal()
                backoff = Backoff()
                try await Task.sleep(for: leases.term / 5)
            } catch {
                if Task.isCancelled { return }
                // Publishing meets the same trouble and reports it; without leases nothing is claimed.
                logger.info("the relay's leases could not be kept", metadata: ["error": "\(WorkerFailure.explanation(error))"])
                try await backoff.pause()
            }
        }
    }
}
