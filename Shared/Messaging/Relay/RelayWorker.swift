import Foundation
import Kafka
import Kernel
import Logging
import Postgres

/// Publishes the rows of its part of the shards.
///
/// A round is: note what became of the last one, claim the next rows, number them, commit, publish. Numbers are durable before
/// a record goes out, so a record that goes out twice does so under one number.
struct RelayWorker: Sendable {
    let part: Int16
    let parts: Int16
    let service: String
    let pool: PostgresPool
    let producer: KafkaProducer
    let leases: RelayLeases
    let options: MessagingOptions
    let health: MessagingHealth
    let counters: MessagingMetrics
    let wake: WakeUp
    let faults: FaultHook?
    let logger: Logger

    private static let rowsAShard: Int64 = 250
    private static let bytesAShard: Int64 = 1 << 20
    private static let blockedFor: Duration = .seconds(10)

    init(
        part: Int16, of parts: Int16, service: String, pool: PostgresPool, producer: KafkaProducer, leases: RelayLeases,
        options: MessagingOptions, health: MessagingHealth, counters: MessagingMetrics, wake: WakeUp, faults: FaultHook?, logger: Logger
    ) {
        self.part = part
        self.parts = parts
        self.service = service
        self.pool = pool
        self.producer = producer
        self.leases = leases
        self.options = options
        self.health = health
        self.counters = counters
        self.wake = wake
        self.faults = faults
        self.logger = logger
    }

    /// The names under which trouble is reported: of all rows, and of keys that stand still.
    private var name: String { "relay-\(part)" }
    private var stoppedKeys: String { "relay-keys-\(part)" }

    /// Runs until the task is cancelled.
    func run() async throws {
        var backoff = Backoff()
        while true {
            do {
                try await work(&backoff)
                return
            } catch {
                if Task.isCancelled { return }
                health.report(name, "cannot publish: \(LaneFailure.explanation(error))")
                if backoff.failures % 10 == 0 {
                    logger.warning("the relay will try again", metadata: ["error": "\(LaneFailure.explanation(error))"])
                }
                try await backoff.pause()
            }
        }
    }

    /// Publishes until nothing waits or the deadline passes.
    func drain(until end: ContinuousClock.Instant) async throws {
        var partitions = PartitionCounts(producer: producer)
        var last: RelayVerdict?
        repeat {
            let rows = try await claim(after: last)
            if rows.isEmpty { return }
            last = try await publish(rows, &partitions)
        } while ContinuousClock.now < end && last?.published.isEmpty == false
        _ = try await claim(after: last)
    }

    private func work(_ backoff: inout Backoff) async throws {
        var partitions = PartitionCounts(producer: producer)
        var last: RelayVerdict?
        while !Task.isCancelled {
            if partitions.areStale { partitions = PartitionCounts(producer: producer) }
            let rows = try await claim(after: last)
            guard !rows.isEmpty else {
                last = RelayVerdict()
                health.clear(name)
                await wake.wait(atMost: leases.company.isAlone ? options.relayAlonePause : options.relayIdlePause)
                continue
            }
            let verdict = try await publish(rows, &partitions)
            last = verdict
            if let error = verdict.firstError { try await stop(verdict, error) }
            if verdict.hasPassingFailure {
                try await backoff.pause()
            } else {
                health.clear(name)
                backoff = Backoff()
                if options.pace > .zero { try await Task.sleep(for: options.pace) }
            }
        }
    }

    /// Notes what became of the last rows and claims the next, in one transaction. Without a verdict on them it is not known what
    /// was going on: whoever had the shards may have died in a round.
    private func claim(after last: RelayVerdict?) async throws -> [RelayRow] {
        try await pool.withTransaction("relay") { connection in
            let margin = options.produceTimeout + .seconds(1)
            let before = steps(noting: last)
            let found = try await connection.pipeline(
                before + [
                    PostgresStep(
                        RelayStatements.claim, [leases.holder, margin.milliseconds, Self.rowsAShard, Self.bytesAShard, parts, part]),
                    PostgresStep(RelayStatements.blocked, [leases.holder, parts, part]),
                ])
            var rows = try RelayRow.rows(found[before.count], source: service)
            rows.sort { $0.position < $1.position }
            try await keepBehindBlocked(&rows, found[before.count + 1], on: connection)
            try await RelayNumbers.give(&rows, on: connection)
            // An acknowledgement may be forgotten, at the price of a repetition: it is not worth a flush of its own.
            if rows.isEmpty { _ = try await connection.query(RelayStatements.commitLazily) }
            return rows
        }
    }

    /// What goes before the next claim, in the same round trip.
    private func steps(noting verdict: RelayVerdict?) -> [PostgresStep] {
        var steps = [PostgresStep(PostgresPlans.byKey)]
        guard let verdict else { return steps + [PostgresStep(RelayStatements.recoverNumbers, [leases.holder, parts, part])] }
        if !verdict.published.isEmpty {
            let rows = verdict.published
            steps.append(PostgresStep(RelayStatements.acknowledge, [rows.map(\.shard), rows.map(\.position)]))
        }
        if !verdict.stopped.isEmpty {
            let rows = verdict.stopped
            steps.append(
                PostgresStep(RelayStatements.keepNumbers, [rows.map(\.shard), rows.map(\.position), rows.map { $0.sequence ?? 0 }]))
        }
        return steps
    }

    /// Takes out of the batch what came after its key had stopped, and has it wait with its key.
    private func keepBehindBlocked(_ rows: inout [RelayRow], _ found: PostgresRows, on connection: PostgresConnection) async throws {
        let stopped = try found.decode(String.self, String.self, Int64.self, Date.self)
        guard !stopped.isEmpty else { return health.clear(stoppedKeys) }
        let heads = Dictionary(stopped.map { (RelayKey(topic: $0.0, key: $0.1), (position: $0.2, until: $0.3)) }) { first, _ in first }
        var behind: [(row: RelayRow, until: Date)] = []
        rows.removeAll { row in
            guard let head = heads[RelayKey(row)], row.position > head.position else { return false }
            behind.append((row, head.until))
            return true
        }
        guard !behind.isEmpty else { return }
        _ = try await connection.execute(
            RelayStatements.keepBehind, [behind.map(\.row.shard), behind.map(\.row.position), behind.map(\.until)])
    }

    private func publish(_ rows: [RelayRow], _ partitions: inout PartitionCounts) async throws -> RelayVerdict {
        var counts: [String: Result<Int, KafkaError>] = [:]
        for topic in Set(rows.map(\.topic)) { counts[topic] = try await partitions.known(topic) }
        let records = rows.compactMap { row in (try? counts[row.topic]?.get()).map { row.record(partitions: $0) } }
        async let sent = producer.send(records)
        try await faults?(.published)
        // What goes to a topic that is not there fails for itself; the others must not wait for it.
        var results = await sent.makeIterator()
        let verdict = RelayVerdict(
            rows,
            rows.compactMap { row in
                if case .failure(let error) = counts[row.topic] { .failure(error) } else { results.next() }
            })
        try await faults?(.acknowledged)
        counters.published(verdict.published.count)
        return verdict
    }

    /// Records that Kafka will not take for a lasting reason stop their key for a while; others are simply tried again.
    private func stop(_ verdict: RelayVerdict, _ error: KafkaError) async throws {
        health.report(verdict.hasPassingFailure ? name : stoppedKeys, "cannot publish: \(error.reason)")
        logger.warning("records were not published", metadata: ["records": "\(verdict.stopped.count)", "error": "\(error)"])
        guard !verdict.lasting.isEmpty else { return }
        let rows = verdict.lasting
        try await pool.withTransaction("relay.block") { connection in
            _ = try await connection.execute(
                RelayStatements.block, [rows.map(\.shard), rows.map(\.position), Self.blockedFor.milliseconds])
        }
    }
}
