import Foundation
import Kafka
import Kernel
import Logging
import Messages
import Postgres

/// Publishes the rows of its part of the shards.
///
/// A round is: note what earlier ones published, claim the next rows, publish them; or publish what was handed over by who wrote it, where
/// nothing else comes first (`RelayHanded`). Rows have their numbers from when they were written,
/// so a record that goes out twice does so under one number. A few rounds are on their way to Kafka at once, never two of one shard: what
/// is behind a row waits until it is known what became of that row.
struct RelayWorker: Sendable {
    let part: Int16
    let service: String
    let pool: PostgresPool
    let producer: KafkaProducer
    let leases: RelayLeases
    let topics: KnownTopics
    let options: MessagingOptions
    let health: MessagingHealth
    let counters: MessagingMetrics
    let wake: WakeSignal
    let signalled: SignalledShards
    /// What is handed over to it.
    let inbox = RelayInbox()
    let faults: FaultHook?
    let logger: Logger
    /// The shards of this part.
    private let own: ShardSet

    /// How long a lease has to last for what is published under it.
    private var margin: Duration { options.produceTimeout + .seconds(1) }

    private static let bytesAShard: Int64 = 1 << 20
    private static let blockedFor: Duration = .seconds(10)

    init(
        part: Int16, of parts: Int16, service: String, pool: PostgresPool, producer: KafkaProducer, leases: RelayLeases,
        topics: KnownTopics, options: MessagingOptions, health: MessagingHealth, counters: MessagingMetrics, wake: WakeSignal,
        signalled: SignalledShards, faults: FaultHook?, logger: Logger
    ) {
        self.part = part
        self.service = service
        self.pool = pool
        self.producer = producer
        self.leases = leases
        self.topics = topics
        self.options = options
        self.health = health
        self.counters = counters
        self.wake = wake
        self.signalled = signalled
        own = ShardSet((0..<Shard.count).filter { $0 % parts == part })
        self.faults = faults
        self.logger = logger
    }

    /// The names under which trouble is reported: of all rows, and of keys that stand still.
    private var name: String { "relay-\(part)" }
    private var stoppedKeys: String { "relay-keys-\(part)" }

    /// Something waits in those shards, if they are of this part.
    func signal(_ shards: ShardSet) {
        let mine = shards.intersection(own)
        guard !mine.isEmpty else { return }
        signalled.add(mine)
        wake.signal()
    }

    /// These are committed, and where their shard is of this part they are to be published. A relay that does not hold their shards, or is
    /// so late that it has no room for them, finds them in the database.
    func hand(_ messages: [WrittenMessage]) {
        let mine = messages.filter { own.contains($0.draft.shard) }
        guard !mine.isEmpty else { return }
        signalled.add(inbox.add(mine))
        wake.signal()
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
                health.report(name, "cannot publish: \(WorkerFailure.explanation(error))")
                if backoff.failures % 10 == 0 {
                    logger.warning("the relay will try again", metadata: ["error": "\(WorkerFailure.explanation(error))"])
                }
                try await backoff.pause()
            }
        }
    }

    /// Publishes until nothing waits or the deadline passes.
    func drain(until end: ContinuousClock.Instant) async throws {
        var notes = RelayNotes()
        repeat {
            let round = try await claim(noting: notes, RelayGoal(shards: own, isEverywhere: true))
            notes = RelayNotes()
            if round.isEmpty { break }
            let verdict = try await publish(round.rows)
            if let error = verdict.firstError { try await stop(verdict, error) }
            notes = round.notes(verdict)
        } while ContinuousClock.now < end && !notes.isEmpty
        try await note(notes)
    }

    private func work(_ backoff: inout Backoff) async throws {
        var rounds = RelayRounds(own, gathering: options.outboxLinger)
        let landings = RelayLandings()
        try await withThrowingTaskGroup(of: Void.self) { group in
            while !Task.isCancelled {
                try await land(landings.take(), &rounds, &backoff)
                let everywhereEach = leases.company.isSingleInstance ? options.relaySingleInstancePause : options.relayIdlePause
                let handed = rounds.nextHanded(inbox, signalled, held: leases.tenure.shards(beyond: margin), everywhereEach)
                if !handed.isEmpty {
                    let round = RelayRound(rows: RelayRow.rows(handed, source: service), isHanded: true)
                    rounds.beginHanded(round)
                    send(round, landings, in: &group)
                }
                let goal = rounds.isFull ? RelayGoal() : rounds.next(signalled, everywhereEach)
                // That something is published is noted together with the next claim, if one comes soon.
                if !goal.shards.isEmpty || rounds.untilNotesAreDue(options.relayIdlePause) == .zero {
                    let round = try await claim(noting: rounds.takeNotes(), goal)
                    if !round.isEmpty {
                        rounds.begin(round, isForAnswers: goal.isForAnswers)
                        send(round, landings, in: &group)
                    } else if !goal.shards.isEmpty {
                        rounds.foundNothing()
                        if goal.isEverywhere { health.clear(name) }
                        continue
                    }
                } else if handed.isEmpty {
                    // While no more may be on its way it is a round's end that is waited for.
                    let pause = rounds.isFull ? options.relayIdlePause : min(rounds.untilDue(everywhereEach), everywhereEach)
                    await wake.wait(atMost: min(pause, rounds.untilNotesAreDue(options.relayIdlePause)))
                    continue
                }
                if options.relayRoundPause > .zero { try await Task.sleep(for: options.relayRoundPause) }
            }
        }
        // A stop is no reason to publish again what was published.
        var rest = rounds.takeNotes()
        // Rows that Kafka will not take are aside only once that is written.
        for landing in landings.take() {
            if let verdict = try? landing.result.get(), verdict.firstError == nil { rest.add(landing.round.notes(verdict)) }
        }
        if !rest.isEmpty { try await Task { [rest] in try await note(rest) }.value }
    }

    /// Has a round on its way, and what becomes of it told.
    private func send(_ round: RelayRound, _ landings: RelayLandings, in group: inout ThrowingTaskGroup<Void, any Error>) {
        group.addTask {
            do {
                landings.add(RelayLanding(round: round, result: .success(try await publish(round.rows))))
            } catch {
                landings.add(RelayLanding(round: round, result: .failure(error)))
            }
            wake.signal()
        }
    }

    /// Takes in what became of rounds.
    private func land(_ landings: [RelayLanding], _ rounds: inout RelayRounds, _ backoff: inout Backoff) async throws {
        var hasPassingFailure = false
        for landing in landings {
            let verdict = try landing.result.get()
            // Before the shards are free: what follows must find its key stopped.
            if let error = verdict.firstError { try await stop(verdict, error) }
            rounds.end(landing.round, landing.round.notes(verdict), failed: verdict.firstError != nil)
            if verdict.firstError != nil || landing.round.mayHaveLeftSome { rounds.look.everywhereNext() }
            hasPassingFailure = hasPassingFailure || verdict.hasPassingFailure
        }
        if hasPassingFailure {
            try await backoff.pause()
        } else if !landings.isEmpty {
            health.clear(name)
            backoff = Backoff()
        }
    }

    /// Notes what was published and claims the next rows in these shards, in one transaction and one round trip.
    ///
    /// The server may forget the transaction, at the price of a repetition: the pool's sessions do not wait for the disk.
    private func claim(noting notes: RelayNotes, _ goal: RelayGoal) async throws -> RelayRound {
        var steps = notes.steps
        if !goal.shards.isEmpty {
            steps.append(
                PostgresStep(
                    RelayStatements.claim,
                    [
                        leases.holder, margin.milliseconds, RelayRound.rowsAShard, Self.bytesAShard, goal.shards.members,
                        goal.isForAnswers ? Topic.replies : String?.none,
                    ]))
        }
        guard !steps.isEmpty else { return RelayRound() }
        return try await pool.withConnection { [steps] connection in
            let found = try await connection.pipeline(steps)
            guard !goal.shards.isEmpty, let claimed = found.last else { return RelayRound() }
            var round = RelayRound(try RelayRow.rows(claimed, source: service))
            round.behind += try await keepBehindBlocked(&round.rows, on: connection)
            if goal.isEverywhere { try await lookAtStoppedKeys(on: connection) }
            return round
        }
    }

    private func note(_ notes: RelayNotes) async throws {
        _ = try await claim(noting: notes, RelayGoal())
    }

    /// Takes out of the round what comes at or after where its key stands still, and has it stand aside with its key.
    private func keepBehindBlocked(_ rows: inout [RelayRow], on connection: PostgresConnection) async throws -> [RelayRow] {
        let beside = rows.filter { $0.besideStopped != nil }
        guard let instant = beside.first?.besideStopped else { return [] }
        let found = try await connection.query(RelayStatements.blocked, Array(Set(beside.map(\.shard))), instant)
        let stopped = try found.decode(String.self, String.self, Int64.self, Date.self)
        let heads = Dictionary(stopped.map { (RelayKey(topic: $0.0, key: $0.1), (sequence: $0.2, until: $0.3)) }) { first, _ in first }
        var behind: [(row: RelayRow, until: Date)] = []
        rows.removeAll { row in
            guard let head = heads[RelayKey(row)], row.sequence >= head.sequence else { return false }
            behind.append((row, head.until))
            return true
        }
        guard !behind.isEmpty else { return [] }
        _ = try await connection.execute(
            RelayStatements.keepBehind, [behind.map(\.row.shard), behind.map(\.row.position), behind.map(\.until)])
        return behind.map(\.row)
    }

    /// Clears the trouble that keys stand still, once none does.
    private func lookAtStoppedKeys(on connection: PostgresConnection) async throws {
        guard health.problems[stoppedKeys] != nil else { return }
        if try await connection.query(RelayStatements.standstill, own.members).isEmpty { health.clear(stoppedKeys) }
    }

    private func publish(_ rows: [RelayRow]) async throws -> RelayVerdict {
        let counts = topics.partitions(of: Set(rows.map(\.topic)))
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
