import Foundation
import Kafka
import Kernel
import Logging
import Messages
import Postgres

/// The reader's side of catch-up: finds gaps and requests the missing records from the producer, slice by slice, starting at the watermark
/// stored in the database.
struct CatchUp: Sendable {
    let service: String
    let pool: PostgresPool
    /// The partitions that this process reads, with the number of buffered records of each.
    let reading: @Sendable () -> [TopicPartition: Int]
    let topics: KnownTopics
    let ids: UUIDv7Source
    let options: MessagingOptions
    let health: MessagingHealth
    let wake: WakeSignal
    let signalRelay: @Sendable () -> Void
    let logger: Logger

    private static let lose = PostgresStatement(
        "catch-up.lose",
        """
        insert into inbox_watermark as m (source, topic, shard, wanted, behind_since)
        select source, topic, shard, $4, '-infinity' from unnest($1::text[], $2::text[], $3::smallint[]) as w(source, topic, shard)
        order by source, topic, shard
        on conflict (source, topic, shard)
        do update set wanted = excluded.wanted, behind_since = excluded.behind_since, requested_at = null, requested_by = null, asks = 0
        """)

    /// Gaps that are older than `gapTimeout` and were not requested recently, in the shards that this process reads. Each unanswered
    /// request doubles the wait before the next, up to 64 times; after an answer that brought nothing the wait is not doubled. While
    /// records of the shard's partition are buffered, the answer may be among them: a slow reader that repeats its request only receives
    /// more duplicates.
    private static let due = PostgresStatement(
        "catch-up.due",
        """
        select m.source, m.topic, m.shard, m.contiguous, m.requested_by
        from unnest($3::text[], $4::smallint[], $5::boolean[]) as r(topic, shard, is_read)
        join inbox_watermark m on m.topic = r.topic and m.shard = r.shard
        where m.behind_since <= clock_timestamp() - $1::bigint * interval '1 millisecond'
        and (m.requested_at is null
             or m.requested_at <= clock_timestamp()
                              - $2::bigint * (case when m.requested_by is null then 1 when r.is_read then 1 << least(m.asks, 6) else 64 end)
                                * interval '1 millisecond')
        order by m.source, m.topic, m.shard limit 512
        for update of m skip locked
        """)

    private static let asked = PostgresStatement(
        "catch-up.asked",
        """
        update inbox_watermark m set requested_at = clock_timestamp(), requested_by = w.requested_by, asks = least(m.asks + 1, 100)
        from unnest($1::text[], $2::text[], $3::smallint[], $4::uuid[]) as w(source, topic, shard, requested_by)
        where m.source = w.source and m.topic = w.topic and m.shard = w.shard
        """)

    private static let unanswered = PostgresStatement(
        "catch-up.unanswered", "select count(*) from inbox_watermark where behind_since is not null and asks > 3")

    /// Records that an offset was lost: anything that the producers of these shards published after the watermark may be missing.
    func lost(_ keys: [Watermark.Key]) async throws {
        guard !keys.isEmpty else { return }
        let keys = keys.sorted()
        try await pool.withTransaction("catch-up.lose") { connection in
            _ = try await connection.execute(
                Self.lose, [keys.map(\.source), keys.map(\.topic), keys.map(\.shard), Watermark.unknown])
        }
        wake.signal()
    }

    /// Requests missing records until the task is cancelled.
    func run() async throws {
        while !Task.isCancelled {
            do {
                let isBusy = try await requestMissing(in: shards())
                health.clear("catch-up")
                await wake.wait(atMost: isBusy ? .milliseconds(200) : .seconds(1))
            } catch {
                if Task.isCancelled { return }
                health.report("catch-up", "cannot request missing records: \(WorkerFailure.explanation(error))")
                await wake.wait(atMost: .seconds(2))
            }
        }
    }

    /// The shards that this process reads. Only the reading process sends requests, since only it knows whether an answer is buffered.
    private func shards() -> ReadShards {
        var shards = ReadShards()
        for (id, waiting) in reading() {
            guard case .success(let count) = topics.partitions(of: id.topic) else { continue }
            for shard in Shard.shards(inPartition: id.partition, of: count) { shards.add(id.topic, shard, isRead: waiting == 0) }
        }
        return shards
    }

    /// The shards that this process reads, as columns.
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

    /// One round of requests. True when something was requested.
    private func requestMissing(in shards: ReadShards) async throws -> Bool {
        let (requested, unanswered) = try await pool.withTransaction("catch-up") { connection in
            let rows = try await connection.query(
                Self.due,
                [
                    options.gapTimeout.milliseconds, options.republishTimeout.milliseconds, shards.topics, shards.numbers,
                    shards.areRead,
                ])
            let due = try rows.decode(String.self, String.self, Int16.self, Int64.self, UUID?.self).map {
                Missing(key: Watermark.Key(source: $0.0, topic: $0.1, shard: $0.2), after: $0.3, askedBy: $0.4)
            }
            let unanswered = try await connection.query(Self.unanswered, []).first?.decode(column: 0, as: Int64.self) ?? 0
            guard !due.isEmpty else { return (0, unanswered) }
            try await write(due, on: connection)
            return (due.count, unanswered)
        }
        if requested > 0 {
            logger.info("requested missing records", metadata: ["shards": "\(requested)"])
            signalRelay()
            // A producer that does not answer must not stop this service; the operator should check the producer.
            if unanswered > 0 { logger.warning("republish requests are not answered", metadata: ["shards": "\(unanswered)"]) }
        }
        return requested > 0
    }

    /// A shard with records missing after a number, and its unanswered request.
    private struct Missing: Sendable {
        let key: Watermark.Key
        let after: Int64
        let askedBy: UUID?
    }

    /// Writes a request for each producer and topic. A repetition names the first unanswered request as its cause, and the answer to either
    /// counts. Otherwise the answers of a producer that takes longer than `republishTimeout` would never match the current request.
    private func write(_ due: [Missing], on connection: PostgresConnection) async throws {
        struct Request: Hashable {
            let source: String
            let topic: String
            let askedBy: UUID?
        }
        let now = WallClock().now()
        var drafts: [OutboxDraft] = []
        var marks: [(Watermark.Key, UUID)] = []
        let requests = Dictionary(grouping: due) { Request(source: $0.key.source, topic: $0.key.topic, askedBy: $0.askedBy) }
        for (request, places) in requests {
            let republish = Republish(
                topic: request.topic, places: places.map { Republish.Place(shard: $0.key.shard, after: $0.after) },
                recordsAtMost: options.republishAtMost)
            let draft = OutboxDraft(
                id: ids.next(at: now), topic: Topic.commands(of: request.source), key: "republish/\(service)/\(request.topic)",
                type: Republish.type, isVersioned: false, time: now, cause: request.askedBy, body: try MessageBody.encode(republish))
            drafts.append(draft)
            marks += places.map { ($0.key, request.askedBy ?? draft.id) }
        }
        marks.sort { $0.0 < $1.0 }
        _ = try await connection.execute(
            Self.asked, [marks.map(\.0.source), marks.map(\.0.topic), marks.map(\.0.shard), marks.map(\.1)])
        try await OutboxWriter.write(drafts, on: connection)
    }
}
