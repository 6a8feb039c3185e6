import Kafka
import Kernel
import Logging
import Postgres

/// Publishes what waits in the outbox: shard by shard, in order, many rows together.
///
/// The shards are dealt out to a few workers, so that one claims rows from the database while another's are on their way to Kafka.
/// A relay that dies leaves its rows as they are; whoever gets its shards publishes them (again), and readers know a repetition
/// by id, version and number.
struct Relay: Sendable {
    private let workers: [RelayWorker]
    private let leases: RelayLeases
    private let counters: MessagingMetrics
    private let logger: Logger

    /// How many rounds are under way at once, at most: more only share the same cores.
    static let partsAtMost = 2

    init(
        service: String, pool: PostgresPool, producer: KafkaProducer, leases: RelayLeases, topics: KnownTopics,
        options: MessagingOptions, health: MessagingHealth,
        counters: MessagingMetrics, faults: FaultHook?, logger: Logger
    ) {
        self.leases = leases
        self.counters = counters
        self.logger = logger
        let parts = Int16(min(options.workers, Self.partsAtMost))
        workers = (0..<parts).map { part in
            RelayWorker(
                part: part, of: parts, service: service, pool: pool, producer: producer, leases: leases, topics: topics, options: options,
                health: health, counters: counters, wake: WakeSignal(), signalled: SignalledShards(), faults: faults, logger: logger)
        }
    }

    /// Something waits in those shards: whoever rings has committed it.
    func signal(_ shards: ShardSet = .all) {
        for worker in workers { worker.signal(shards) }
    }

    /// These messages are committed. Where nothing has to go out before them they are published as they were written, without being read
    /// from the database again.
    func hand(_ writings: [OutboxWriting]) {
        for writing in writings {
            guard let written = writing.written else {
                signal(writing.shards)
                continue
            }
            for worker in workers { worker.hand(written) }
        }
    }

    /// Runs until the task is cancelled.
    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await keepLeases() }
            for worker in workers { group.addTask { try await worker.run() } }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Publishes until nothing waits or the deadline passes, and lets go of the shards; for a clean stop.
    func drain(deadline: Duration) async throws {
        let end = ContinuousClock.now + deadline
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in workers { group.addTask { try await worker.drain(until: end) } }
            try await group.waitForAll()
        }
        try await leases.depart()
    }

    private func keepLeases() async throws {
        var backoff = Backoff()
        while !Task.isCancelled {
            do {
                counters.shardsHeld(try await leases.maintain())
                backoff = Backoff()
                try await Task.sleep(for: leases.term / 5)
            } catch {
                if Task.isCancelled { return }
                // The workers meet the same trouble and report it; without leases they claim nothing.
                logger.info("the relay's leases could not be kept", metadata: ["error": "\(WorkerFailure.explanation(error))"])
                try await backoff.pause()
            }
        }
    }
}
