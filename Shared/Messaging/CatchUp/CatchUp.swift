import Foundation
import Kafka
import Kernel
import Logging
import Messages
import Postgres

/// The reader's side of catching up: notes where something is missing, and asks the producer for it, slice by slice, from
/// the watermark that the database keeps.
struct CatchUp: Sendable {
    let service: String
    let pool: PostgresPool
    /// The partitions this process reads, with how many records of each wait to be taken.
    let reading: @Sendable () -> [TopicPartition: Int]
    let topics: KnownTopics
    let ids: UUIDv7Source
    let options: MessagingOptions
    let health: MessagingHealth
    let wake: WakeUp
    let hasSaid: @Sendable () -> Void
    let logger: Logger

    private static let lose = PostgresStatement(
        "catch-up.lose",
        """
        insert into inbox_watermark as m (source, topic, shard, wanted, behind_since)
        select source, topic, shard, $4, '-infinity' from unnest($1::text[], $2::text[], $3::smallint[]) as w(source, topic, shard)
        order by source, topic, shard
        on conflict (source, topic, shard)
        do update set wanted = excluded.wanted, behind_since = excluded.behind_since, asked_at = null, asked_by = null, asks = 0
        """)

    /// What has been missing for longer than holes are given, and was not asked for lately, in the shards that this process reads.
    /// Each request that stays without an answer doubles the wait for the next, up to 64 times; one whose answer brought nothing
    /// waits once. While records of the shard's partition wait to be taken, the answer may be among them: a reader that is slow and
    /// asks again has everything sent once more, and is slower still.
    private static let due = PostgresStatement(
        "catch-up.due",
        """
        select m.source, m.topic, m.shard, m.contiguous, m.asked_by
        from unnest($3::text[], $4::smallint[], $5::boolean[]) as r(topic, shard, is_read)
        join inbox_watermark m on m.topic = r.topic and m.shard = r.shard
        where m.behind_since <= clock_timestamp() - $1::bigint * interval '1 millisecond'
        and (m.asked_at is null
             or m.asked_at <= clock_timestamp()
                              - $2::bigint * (case when m.asked_by is null then 1 when r.is_read then 1 << least(m.asks, 6) else 64 end)
                                * interval '1 millisecond')
        order by m.source, m.topic, m.shard limit 512
        for update of m skip locked
        """)

    private static let asked = PostgresStatement(
        "catch-up.asked",
        """
        update inbox_watermark m set asked_at = clock_timestamp(), asked_by = w.asked_by, asks = least(m.asks + 1, 100)
        from unnest($1::text[], $2::text[], $3::smallint[], $4::uuid[]) as w(source, topic, shard, asked_by)
        where m.source = w.source and m.topic = w.topic and m.shard = w.shard
        """)

    private static let behind = PostgresStatement(
        "catch-up.behind", "select count(*) from inbox_watermark where behind_since is not null and asks > 3")

    /// A place in the log was lost: whatever the producers of these shards have said since the watermark may be missing.
    func lost(_ keys: [Watermark.Key]) async throws {
        guard !keys.isEmpty else { return }
        let keys = keys.sorted()
        try await pool.withTransaction("catch-up.lose") { connection in
            _ = try await connection.execute(
                Self.lose, [keys.map(\.source), keys.map(\.topic), keys.map(\.shard), Watermark.unknown])
        }
        wake.ring()
    }

    /// Asks for what is missing, for as long as the task runs.
    func run() async throws {
        while !Task.isCancelled {
            do {
                let isBusy = try await ask(in: shards())
                health.clear("catch-up")
                await wake.wait(atMost: isBusy ? .milliseconds(200) : .seconds(1))
            } catch {
                if Task.isCancelled { return }
                health.report("catch-up", "cannot ask for what is missing: \(LaneFailure.explanation(error))")
                await wake.wait(atMost: .seconds(2))
            }
        }
    }

    /// The shards that this process reads. Nobody else asks for them: only the reader can tell whether the answer is there.
    private func shards() -> ReadShards {
        var shards = ReadShards()
        for (id, waiting) in reading() {
            guard case .success(let count) = topics.partitions(of: id.topic) else { continue }
            for shard in Shard.shards(inPartition: id.partition, of: count) { shards.add(id.topic, shard, isRead: waiting == 0) }
        }
        return shards
    }

    /// The columns of what this process reads.
    private struct ReadShards: Sendable {
        private(set) var topics: [String] = []
        private(set) var numbers: [Int16] = []
        private(set) var areRead: [Bool] = []

        mutating func add(_ topic: String, _ shard: Int16, isRead: Bool) {
            topics.append(topic)
            numbers.append(shard)
            areRead.append(isRead)
        }
    }

    /// One round of questions. True when something was asked.
    private func ask(in shards: ReadShards) async throws -> Bool {
        let (asked, silent) = try await pool.withTransaction("catch-up") { connection in
            let rows = try await connection.query(
                Self.due,
                [
                    options.patienceWithHoles.milliseconds, options.patienceWithAnswers.milliseconds, shards.topics, shards.numbers,
                    shards.areRead,
                ])
            let due = try rows.decode(String.self, String.self, Int16.self, Int64.self, UUID?.self).map {
                Missing(key: Watermark.Key(source: $0.0, topic: $0.1, shard: $0.2), after: $0.3, askedBy: $0.4)
            }
            let silent = try await connection.query(Self.behind, []).first?.decode(column: 0, as: Int64.self) ?? 0
            guard !due.isEmpty else { return (0, silent) }
            try await write(due, on: connection)
            return (due.count, silent)
        }
        if asked > 0 {
            logger.info("asked to republish what is missing", metadata: ["shards": "\(asked)"])
            hasSaid()
            // A producer that does not answer is no reason to take no messages; it is a reason to look.
            if silent > 0 { logger.warning("requests to republish are not answered", metadata: ["shards": "\(silent)"]) }
        }
        return asked > 0
    }

    /// A shard in which something is missing after a number, and the request that stays without an answer.
    private struct Missing: Sendable {
        let key: Watermark.Key
        let after: Int64
        let askedBy: UUID?
    }

    /// Writes a request for each producer and topic. One that repeats an unanswered request names it as its cause, and stands in
    /// its place: whichever of them is answered first, that is the answer. Were each repetition a question of its own, a producer
    /// that takes longer than our patience would always answer the question before the last, and never be heard.
    private func write(_ due: [Missing], on connection: PostgresConnection) async throws {
        struct Question: Hashable {
            let source: String
            let topic: String
            let askedBy: UUID?
        }
        let now = WallClock().now()
        var drafts: [OutboxDraft] = []
        var marks: [(Watermark.Key, UUID)] = []
        let questions = Dictionary(grouping: due) { Question(source: $0.key.source, topic: $0.key.topic, askedBy: $0.askedBy) }
        for (question, places) in questions {
            let request = Republish(
                topic: question.topic, places: places.map { Republish.Place(shard: $0.key.shard, after: $0.after) },
                recordsAtMost: options.republishAtMost)
            let draft = OutboxDraft(
                id: ids.next(at: now), topic: Topic.commands(of: question.source), key: "republish/\(service)/\(question.topic)",
                type: Republish.type, isVersioned: false, time: now, cause: question.askedBy, body: try MessageBody.encode(request))
            drafts.append(draft)
            marks += places.map { ($0.key, question.askedBy ?? draft.id) }
        }
        marks.sort { $0.0 < $1.0 }
        _ = try await connection.execute(
            Self.asked, [marks.map(\.0.source), marks.map(\.0.topic), marks.map(\.0.shard), marks.map(\.1)])
        try await OutboxWriter.write(drafts, on: connection)
    }
}
