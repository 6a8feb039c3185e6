import Foundation
import Kafka
import Kernel
import Logging
import Postgres

/// Publishes the rows of its part of the shards.
///
/// A round is: note what earlier ones published, claim the next rows, publish them. Rows have their numbers from when they were written,
/// so a record that goes out twice does so under one number. A few rounds are on their way to Kafka at once, never two of one shard: what
/// is behind a row waits until it is known what became of that row.
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
    /// From as many rows on, noting them waits for the disk.
    private static let manyRows = 500
    /// How many rounds are on their way at once. More would be smaller ones.
    private static let roundsAtMost = 3

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
            let rows = try await claim(noting: published, in: own, isEverywhere: true)
            if rows.isEmpty { return }
            published = try await publish(rows, await partitions.known(Set(rows.map(\.topic)))).published
        } while ContinuousClock.now < end && !published.isEmpty
        try await note(published)
    }

    private func work(_ backoff: inout Backoff) async throws {
        var rounds = RelayRounds(own)
        let landings = RelayLandings()
        try await withThrowingTaskGroup(of: Void.self) { group in
            var partitions = PartitionCounts(producer: producer)
            while !Task.isCancelled {
                let hasLanded = try await land(landings.take(), &rounds, &backoff)
                if partitions.areStale { partitions = PartitionCounts(producer: producer) }
                let everywhereEach = leases.company.isAlone ? options.relayAlonePause : options.relayIdlePause
                let isFull = rounds.underWay == Self.roundsAtMost
                let (shards, isEverywhere) = isFull ? (.none, false) : rounds.next(rung, everywhereEach)
                // That something is published is noted together with the next claim, if one comes soon.
                guard !shards.isEmpty || (!hasLanded && !rounds.published.isEmpty) else {
                    let isDue = isFull || !rounds.published.isEmpty
                    await wake.wait(atMost: isDue ? options.relayIdlePause : rounds.look.untilEverywhere(each: everywhereEach))
                    continue
                }
                let rows = try await claim(noting: rounds.published, in: shards, isEverywhere: isEverywhere)
                rounds.published = []
                guard !rows.isEmpty else {
                    if isEverywhere { health.clear(name) }
                    continue
                }
                let counts = try await partitions.known(Set(rows.map(\.topic)))
                rounds.begin(rows)
                group.addTask {
                    do {
                        landings.add(RelayLanding(rows: rows, result: .success(try await publish(rows, counts))))
                    } catch {
                        landings.add(RelayLanding(rows: rows, result: .failure(error)))
                    }
                    wake.ring()
                }
                if options.relayPace > .zero { try await Task.sleep(for: options.relayPace) }
            }
        }
        // A stop is no reason to publish again what was published.
        let landed = landings.take().compactMap { try? $0.result.get().published }
        let rest = rounds.published + landed.joined()
        if !rest.isEmpty { try await Task { try await note(rest) }.value }
    }

    /// Takes in what became of rounds. Returns whether there were any.
    private func land(_ landings: [RelayLanding], _ rounds: inout RelayRounds, _ backoff: inout Backoff) async throws -> Bool {
        var hasPassingFailure = false
        for landing in landings {
            let verdict = try landing.result.get()
            // Before the shards are free: what follows must find its key stopped.
            if let error = verdict.firstError { try await stop(verdict, error) }
            rounds.end(landing.rows, verdict.published)
            if verdict.firstError != nil || mayBeMore(behind: landing.rows) { rounds.look.everywhereNext() }
            hasPassingFailure = hasPassingFailure || verdict.hasPassingFailure
        }
        if hasPassingFailure {
            try await backoff.pause()
        } else if !landings.isEmpty {
            health.clear(name)
            backoff = Backoff()
        }
        return !landings.isEmpty
    }

    /// Whether a shard's share of the round was full, so that more may wait there.
    private func mayBeMore(behind rows: [RelayRow]) -> Bool {
        rows.count >= Self.rowsAShard || rows.reduce(0) { $0 + $1.body.count } >= Self.bytesAShard
    }

    /// Notes what was published and claims the next rows in these shards, in one transaction and one round trip.
    ///
    /// The server may forget the transaction, at the price of a repetition: the pool's sessions do not wait for the disk, unless there is
    /// much to note (`RelayStatements.toDisk`).
    private func claim(noting published: [RelayRow], in shards: ShardSet, isEverywhere: Bool) async throws -> [RelayRow] {
        var steps: [PostgresStep] = []
        if !published.isEmpty {
            if published.count >= Self.manyRows { steps.append(PostgresStep(RelayStatements.toDisk)) }
            steps.append(PostgresStep(RelayStatements.acknowledge, [published.map(\.at), published.map(\.position)]))
        }
        if !shards.isEmpty {
            let margin = options.produceTimeout + .seconds(1)
            steps.append(
                PostgresStep(
                    RelayStatements.claim, [leases.holder, margin.milliseconds, Self.rowsAShard, Self.bytesAShard, shards.members]))
        }
        guard !steps.isEmpty else { return [] }
        return try await pool.withConnection { [steps] connection in
            let found = try await connection.pipeline(steps)
            guard !shards.isEmpty, let claimed = found.last else { return [] }
            var rows = try RelayRow.rows(claimed, source: service)
            rows.sort { $0.position < $1.position }
            try await keepBehindBlocked(&rows, on: connection)
            if isEverywhere { try await lookAtStoppedKeys(on: connection) }
            return rows
        }
    }

    private func note(_ published: [RelayRow]) async throws {
        _ = try await claim(noting: published, in: .none, isEverywhere: false)
    }

    /// Takes out of the batch what came after its key had stopped, and has it wait with its key.
    private func keepBehindBlocked(_ rows: inout [RelayRow], on connection: PostgresConnection) async throws {
        let beside = rows.filter { $0.besideStopped != nil }
        guard let instant = beside.first?.besideStopped else { return }
        let found = try await connection.query(RelayStatements.blocked, Array(Set(beside.map(\.shard))), instant)
        let stopped = try found.decode(String.self, String.self, Int64.self, Date.self)
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

    /// Clears the trouble that keys stand still, once none does.
    private func lookAtStoppedKeys(on connection: PostgresConnection) async throws {
        guard health.problems[stoppedKeys] != nil else { return }
        if try await connection.query(RelayStatements.standstill, own.members).isEmpty { health.clear(stoppedKeys) }
    }

    private func publish(_ rows: [RelayRow], _ counts: [String: Result<Int, KafkaError>]) async throws -> RelayVerdict {
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
