import Foundation
import Kafka
import Kernel
import Logging
import Postgres

/// Publishes what waits in the outbox: shard by shard, in order, many rows together.
///
/// A round is: note what Kafka acknowledged, claim the next rows, number them, commit, publish. Numbers are durable before
/// a record goes out, so a record that goes out twice does so under one number. A relay that dies leaves its rows as they
/// are; whoever gets its shards publishes them (again), and readers know a repetition by id, version and number.
struct Relay: Sendable {
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
    /// The name under which keys that stand still are reported.
    private static let stoppedKeys = "relay-keys"

    /// Runs until the task is cancelled.
    func run() async throws {
        var backoff = Backoff()
        while true {
            do {
                try await work(&backoff)
                return
            } catch {
                if Task.isCancelled { return }
                health.report("relay", "cannot publish: \(LaneFailure.explanation(error))")
                if backoff.failures % 10 == 0 {
                    logger.warning("the relay will try again", metadata: ["error": "\(LaneFailure.explanation(error))"])
                }
                try await backoff.pause()
            }
        }
    }

    /// Publishes until nothing waits or the deadline passes; for a clean stop.
    func drain(deadline: Duration) async throws {
        let end = ContinuousClock.now + deadline
        var partitions = PartitionCounts(producer: producer)
        var acknowledged: [RelayRow] = []
        repeat {
            let rows = try await claim(acknowledging: acknowledged)
            if rows.isEmpty { return }
            acknowledged = try await publish(rows, &partitions).published
        } while ContinuousClock.now < end && !acknowledged.isEmpty
        if !acknowledged.isEmpty { _ = try await claim(acknowledging: acknowledged) }
    }

    private func work(_ backoff: inout Backoff) async throws {
        var partitions = PartitionCounts(producer: producer)
        var acknowledged: [RelayRow] = []
        var leasesDue = ContinuousClock.now
        while !Task.isCancelled {
            if ContinuousClock.now >= leasesDue {
                leasesDue = .now + options.relayLease / 5
                counters.shardsHeld(try await leases.maintain())
                if partitions.areStale { partitions = PartitionCounts(producer: producer) }
            }
            let rows = try await claim(acknowledging: acknowledged)
            acknowledged = []
            guard !rows.isEmpty else {
                health.clear("relay")
                await wake.wait(atMost: options.relayIdlePause)
                continue
            }
            let verdict = try await publish(rows, &partitions)
            acknowledged = verdict.published
            if let error = verdict.firstError { try await stop(verdict, error) }
            if verdict.hasPassingFailure {
                try await backoff.pause()
            } else {
                health.clear("relay")
                backoff = Backoff()
            }
        }
        if !acknowledged.isEmpty { _ = try await claim(acknowledging: acknowledged) }
    }

    /// Notes what was acknowledged and claims what is next, in one transaction.
    private func claim(acknowledging done: [RelayRow]) async throws -> [RelayRow] {
        try await pool.withTransaction("relay") { connection in
            if !done.isEmpty {
                _ = try await connection.execute(RelayStatements.acknowledge, [done.map(\.shard), done.map(\.position)])
            }
            let margin = options.produceTimeout + .seconds(1)
            let found = try await connection.pipeline([
                PostgresStep(RelayStatements.claim, [leases.holder, margin.milliseconds, Self.rowsAShard, Self.bytesAShard]),
                PostgresStep(RelayStatements.blocked, [leases.holder]),
            ])
            var rows = try RelayRow.rows(found[0], source: service)
            rows.sort { $0.position < $1.position }
            try await keepBehindBlocked(&rows, found[1], on: connection)
            try await number(&rows, on: connection)
            return rows
        }
    }

    /// Takes out of the batch what came after its key had stopped, and has it wait with its key.
    private func keepBehindBlocked(_ rows: inout [RelayRow], _ found: PostgresRows, on connection: PostgresConnection) async throws {
        let stopped = try found.decode(String.self, String.self, Int64.self, Date.self)
        guard !stopped.isEmpty else { return health.clear(Self.stoppedKeys) }
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

    private func number(_ rows: inout [RelayRow], on connection: PostgresConnection) async throws {
        struct Sequence: Hashable {
            let topic: String
            let shard: Int16
        }
        var added: [Sequence: Int64] = [:]
        for row in rows where row.sequence == nil { added[Sequence(topic: row.topic, shard: row.shard), default: 0] += 1 }
        guard !added.isEmpty else { return }
        let sequences = Array(added.keys)
        let allotted = try await connection.query(
            RelayStatements.allot, [sequences.map(\.topic), sequences.map(\.shard), sequences.map { added[$0] ?? 0 }])
        var next: [Sequence: Int64] = [:]
        for (topic, shard, last) in try allotted.decode(String.self, Int16.self, Int64.self) {
            let sequence = Sequence(topic: topic, shard: shard)
            next[sequence] = last - (added[sequence] ?? 0) + 1
        }
        var numbered: [RelayRow] = []
        for index in rows.indices where rows[index].sequence == nil {
            let sequence = Sequence(topic: rows[index].topic, shard: rows[index].shard)
            rows[index].sequence = next[sequence]
            next[sequence, default: 1] += 1
            numbered.append(rows[index])
        }
        _ = try await connection.execute(
            RelayStatements.number, [numbered.map(\.shard), numbered.map(\.position), numbered.map { $0.sequence ?? 0 }])
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
        health.report(verdict.hasPassingFailure ? "relay" : Self.stoppedKeys, "cannot publish: \(error.reason)")
        logger.warning("records were not published", metadata: ["records": "\(verdict.stopped.count)", "error": "\(error)"])
        guard !verdict.lasting.isEmpty else { return }
        let rows = verdict.lasting
        try await pool.withTransaction("relay.block") { connection in
            _ = try await connection.execute(
                RelayStatements.block, [rows.map(\.shard), rows.map(\.position), Self.blockedFor.milliseconds])
        }
    }
}

/// How many partitions each topic has, asked of Kafka once in a while.
struct PartitionCounts: Sendable {
    let producer: KafkaProducer
    private let since = ContinuousClock.now
    private var counts: [String: Int] = [:]

    init(producer: KafkaProducer) { self.producer = producer }

    /// Whether it is time to ask again.
    var areStale: Bool { ContinuousClock.now - since > .seconds(60) }

    /// The number, or that there is no such topic. Throws when nobody can tell.
    mutating func known(_ topic: String) async throws -> Result<Int, KafkaError> {
        if let count = counts[topic] { return .success(count) }
        do {
            let count = try await producer.partitionCount(of: topic, deadline: .seconds(10))
            counts[topic] = count
            return .success(count)
        } catch let error as KafkaError where error.isUnknownTopic {
            return .failure(error)
        }
    }
}
