import Foundation
import Kafka
import Kernel
import Logging
import Postgres

/// Publishes the rows of its part of the shards.
///
/// A round is: note what the last one published, claim the next rows, publish them. Rows have their numbers from when they were written,
/// so a record that goes out twice does so under one number.
struct RelayWorker: Sendable {
    let part: Int16
    let service: String
    let pool: PostgresPool
    let producer: KafkaProducer
    let leases: RelayLeases
    let options: MessagingOptions
    let health: MessagingHealth
    let counters: MessagingMetrics
    let wake: WakeUp
    let rung: RungShards
    let faults: FaultHook?
    let logger: Logger
    /// The shards of this part.
    private let own: ShardSet

    private static let rowsAShard: Int64 = 250
    private static let bytesAShard: Int64 = 1 << 20
    private static let blockedFor: Duration = .seconds(10)

    init(
        part: Int16, of parts: Int16, service: String, pool: PostgresPool, producer: KafkaProducer, leases: RelayLeases,
        options: MessagingOptions, health: MessagingHealth, counters: MessagingMetrics, wake: WakeUp, rung: RungShards,
        faults: FaultHook?, logger: Logger
    ) {
        self.part = part
        self.service = service
        self.pool = pool
        self.producer = producer
        self.leases = leases
        self.options = options
        self.health = health
        self.counters = counters
        self.wake = wake
        self.rung = rung
        own = ShardSet((0..<Shard.count).filter { $0 % parts == part })
        self.faults = faults
        self.logger = logger
    }

    /// The names under which trouble is reported: of all rows, and of keys that stand still.
    private var name: String { "relay-\(part)" }
    private var stoppedKeys: String { "relay-keys-\(part)" }

    /// Something waits in those shards, if they are of this part.
    func ring(_ shards: ShardSet) {
        let mine = shards.intersection(own)
        guard !mine.isEmpty else { return }
        rung.add(mine)
        wake.ring()
    }

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
        var published: [RelayRow] = []
        repeat {
            let rows = try await claim(noting: published, in: own)
            if rows.isEmpty { return }
            published = try await publish(rows, &partitions).published
        } while ContinuousClock.now < end && !published.isEmpty
        _ = try await claim(noting: published, in: .none)
    }

    private func work(_ backoff: inout Backoff) async throws {
        var partitions = PartitionCounts(producer: producer)
        var published: [RelayRow] = []
        var look = RelayLook(own)
        while !Task.isCancelled {
            if partitions.areStale { partitions = PartitionCounts(producer: producer) }
            let everywhereEach = leases.company.isAlone ? options.relayAlonePause : options.relayIdlePause
            let shards = look.next(rung.take(), everywhereEach: everywhereEach)
            let rows = try await claim(noting: published, in: shards)
            guard !rows.isEmpty else {
                published = []
                if shards == own { health.clear(name) }
                await wake.wait(atMost: look.untilEverywhere(each: everywhereEach))
                continue
            }
            let verdict = try await publish(rows, &partitions)
            published = verdict.published
            if let error = verdict.firstError { try await stop(verdict, error) }
            if verdict.firstError != nil || mayBeMore(behind: rows) { look.everywhereNext() }
            if verdict.hasPassingFailure {
                try await backoff.pause()
                continue
            }
            health.clear(name)
            backoff = Backoff()
            if options.pace > .zero {
                try await Task.sleep(for: options.pace)
            } else if !look.isDue {
                // That these are published is noted together with the next claim, if one comes soon.
                await wake.wait(atMost: options.relayIdlePause)
            }
        }
        // A stop is no reason to publish again what was published.
        let rest = published
        if !rest.isEmpty { _ = try await Task { try await claim(noting: rest, in: .none) }.value }
    }

    /// Whether a shard's share of the round was full, so that more may wait there.
    private func mayBeMore(behind rows: [RelayRow]) -> Bool {
        rows.count >= Self.rowsAShard || rows.reduce(0) { $0 + $1.body.count } >= Self.bytesAShard
    }

    /// Notes what was published and claims the next rows in these shards, in one transaction and one round trip.
    ///
    /// The transaction may be forgotten, at the price of a repetition: it is not worth a flush.
    private func claim(noting published: [RelayRow], in shards: ShardSet) async throws -> [RelayRow] {
        var steps = [PostgresStep(PostgresPlans.byKey), PostgresStep(RelayStatements.commitLazily)]
        if !published.isEmpty {
            steps.append(PostgresStep(RelayStatements.acknowledge, [published.map(\.shard), published.map(\.position)]))
        }
        let before = steps.count
        if !shards.isEmpty {
            let (margin, members) = (options.produceTimeout + .seconds(1), shards.members)
            steps += [
                PostgresStep(
                    RelayStatements.claim, [leases.holder, margin.milliseconds, Self.rowsAShard, Self.bytesAShard, members]),
                PostgresStep(RelayStatements.blocked, [leases.holder, members]),
            ]
        }
        return try await pool.withConnection { [steps] connection in
            let found = try await connection.pipeline(steps)
            if shards.isEmpty { return [] }
            var rows = try RelayRow.rows(found[before], source: service)
            rows.sort { $0.position < $1.position }
            try await keepBehindBlocked(&rows, found[before + 1], isEverywhere: shards == own, on: connection)
            return rows
        }
    }

    /// Takes out of the batch what came after its key had stopped, and has it wait with its key.
    private func keepBehindBlocked(
        _ rows: inout [RelayRow], _ found: PostgresRows, isEverywhere: Bool, on connection: PostgresConnection
    ) async throws {
        let stopped = try found.decode(String.self, String.self, Int64.self, Date.self)
        if stopped.isEmpty, isEverywhere { health.clear(stoppedKeys) }
        guard !stopped.isEmpty else { return }
        let heads = Dictionary(stopped.map { (RelayKey(topic: $0.0, key: $0.1), (position: $0.2, until: $0.3)) }) { first, _ in first }
        var behind: [(row: RelayRow, until: Date)] = []
        rows.removeAll { row in
            guard let head = heads[RelayKey(row)], row.position > head.position else { return false }
            behind.append((row, head.until))
            return true
        }
        guard !behind.isEmpty else { return }
        _ = try await connection.pipeline([
            PostgresStep(PostgresPlans.byKey),
            PostgresStep(RelayStatements.keepBehind, [behind.map(\.row.shard), behind.map(\.row.position), behind.map(\.until)]),
        ])
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
