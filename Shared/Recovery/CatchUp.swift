package import Foundation
package import Kafka
package import Kernel
package import Logging
package import Messages
package import Postgres

/// The reader's side of catch-up: finds gaps and requests the missing records from the producer, slice by slice, starting at the watermark
/// stored in the database.
package struct CatchUp: Sendable {
    /// When gaps are requested.
    package struct Options: Sendable {
        /// A gap is requested after this long.
        package var gapTimeout: Duration
        /// An unanswered request is repeated after this long; each further repetition waits twice as long.
        package var requestTimeout: Duration
        /// At most this many records per shard are requested at a time.
        package var recordsAtMost: Int

        package init(gapTimeout: Duration, requestTimeout: Duration, recordsAtMost: Int) {
            (self.gapTimeout, self.requestTimeout, self.recordsAtMost) = (gapTimeout, requestTimeout, recordsAtMost)
        }
    }

    /// A request to a producer.
    package struct Request: Sendable {
        package let source: String
        package let republish: Republish
        /// The first unanswered request that this one repeats. An answer to either counts; otherwise the answers of a producer that takes
        /// longer than `requestTimeout` would never match the current request.
        package let repeats: UUID?
    }

    /// What the catch-up needs from the rest of messaging.
    package struct Environment: Sendable {
        /// The partitions that this process reads, with the number of buffered records of each.
        let reading: @Sendable () -> [TopicPartition: Int]
        /// The number of a topic's partitions; nil while it is not known.
        let partitions: @Sendable (_ topic: String) -> Int?
        /// Writes requests to the outbox. Returns their ids.
        let write: @Sendable ([Request], PostgresConnection) async throws -> [UUID]
        /// Called after requests are committed.
        let onCommit: @Sendable () -> Void
        /// Reports a problem, or that there is none any more.
        let report: @Sendable (String?) -> Void

        package init(
            reading: @escaping @Sendable () -> [TopicPartition: Int], partitions: @escaping @Sendable (String) -> Int?,
            write: @escaping @Sendable ([Request], PostgresConnection) async throws -> [UUID], onCommit: @escaping @Sendable () -> Void,
            report: @escaping @Sendable (String?) -> Void
        ) {
            (self.reading, self.partitions, self.write) = (reading, partitions, write)
            (self.onCommit, self.report) = (onCommit, report)
        }
    }

    /// Signalled when a batch has found a gap.
    package let wake = WakeSignal()
    private let pool: PostgresPool
    private let options: Options
    private let environment: Environment
    private let logger: Logger

    package init(pool: PostgresPool, options: Options, environment: Environment, logger: Logger) {
        (self.pool, self.options, self.environment, self.logger) = (pool, options, environment, logger)
    }

    /// Records that an offset was lost: anything that the producers of these shards published after the watermark may be missing.
    package func lost(_ keys: Set<Watermark.Key>) async throws {
        guard !keys.isEmpty else { return }
        let keys = keys.sorted()
        try await pool.withTransaction("catch-up.lose") { connection in
            _ = try await connection.execute(
                Self.lose, [keys.map(\.source), keys.map(\.topic), keys.map(\.shard), Watermark.unknown])
        }
        wake.signal()
    }

    /// Requests missing records until the task is cancelled.
    package func run() async throws {
        while !Task.isCancelled {
            do {
                let isBusy = try await requestMissing()
                environment.report(nil)
                await wake.wait(atMost: isBusy ? .milliseconds(200) : .seconds(1))
            } catch {
                if Task.isCancelled { return }
                environment.report("cannot request missing records: \(error)")
                await wake.wait(atMost: .seconds(2))
            }
        }
    }

    /// Requests gaps once, in the shards that this process reads: only the reading process knows whether an answer is buffered. Returns
    /// whether something was requested.
    private func requestMissing() async throws -> Bool {
        var shards: [(topic: String, shard: Int16, isRead: Bool)] = []
        for (id, waiting) in environment.reading() {
            guard let count = environment.partitions(id.topic) else { continue }
            shards += Shard.shards(inPartition: id.partition, of: count).map { (id.topic, $0, waiting == 0) }
        }
        let (requested, unanswered) = try await pool.withTransaction("catch-up") { [shards] connection in
            let rows = try await connection.query(
                Self.due,
                [
                    options.gapTimeout.milliseconds, options.requestTimeout.milliseconds, shards.map(\.topic), shards.map(\.shard),
                    shards.map(\.isRead),
                ])
            let due = try rows.decode(String.self, String.self, Int16.self, Int64.self, UUID?.self).map {
                Missing(key: Watermark.Key(source: $0.0, topic: $0.1, shard: $0.2), after: $0.3, requestID: $0.4)
            }
            let unanswered = try await connection.query(Self.unanswered).decode(Int64.self).first ?? 0
            if !due.isEmpty { try await request(due, on: connection) }
            return (due.count, unanswered)
        }
        guard requested > 0 else { return false }
        logger.info("requested missing records", metadata: ["shards": "\(requested)"])
        environment.onCommit()
        // A producer that does not answer must not stop this service; the operator should check the producer.
        if unanswered > 0 { logger.warning("republish requests are not answered", metadata: ["shards": "\(unanswered)"]) }
        return true
    }

    /// A shard with records missing after a number, and its unanswered request.
    private struct Missing: Sendable {
        let key: Watermark.Key
        let after: Int64
        let requestID: UUID?
    }

    /// Writes a request for each producer and topic.
    private func request(_ due: [Missing], on connection: PostgresConnection) async throws {
        struct Group: Hashable {
            let source: String
            let topic: String
            let requestID: UUID?
        }
        let groups = Dictionary(grouping: due) { Group(source: $0.key.source, topic: $0.key.topic, requestID: $0.requestID) }
            .map { (group: $0.key, missing: $0.value) }
        let requests = groups.map { group, missing in
            Request(
                source: group.source,
                republish: Republish(
                    topic: group.topic, places: missing.map { Republish.Place(shard: $0.key.shard, after: $0.after) },
                    recordsAtMost: options.recordsAtMost),
                repeats: group.requestID)
        }
        let ids = try await environment.write(requests, connection)
        let marks = zip(groups, ids).flatMap { group, id in group.missing.map { (key: $0.key, id: group.group.requestID ?? id) } }
            .sorted { $0.key < $1.key }
        _ = try await connection.execute(
            Self.requested, [marks.map(\.key.source), marks.map(\.key.topic), marks.map(\.key.shard), marks.map(\.id)])
    }

    private static let lose = PostgresStatement(
        "catch-up.lose",
        """
        insert into inbox_watermark as m (source, topic, shard, target, behind_since)
        select source, topic, shard, $4, '-infinity' from unnest($1::text[], $2::text[], $3::smallint[]) as w(source, topic, shard)
        order by source, topic, shard
        on conflict (source, topic, shard)
        do update set target = excluded.target, behind_since = excluded.behind_since, requested_at = null, request_id = null, requests = 0
        """)

    /// Gaps that are older than the time limit and were not requested recently. Each unanswered request doubles the wait before the next, up
    /// to 64 times; after an answer that brought nothing the wait is not doubled. While records of the shard's partition are buffered, the
    /// answer may be among them: a slow reader that repeats its request only receives more duplicates.
    private static let due = PostgresStatement(
        "catch-up.due",
        """
        select m.source, m.topic, m.shard, m.contiguous, m.request_id
        from unnest($3::text[], $4::smallint[], $5::boolean[]) as r(topic, shard, is_read)
        join inbox_watermark m on m.topic = r.topic and m.shard = r.shard
        where m.behind_since <= clock_timestamp() - $1::bigint * interval '1 millisecond'
        and (m.requested_at is null
             or m.requested_at <= clock_timestamp()
                              - $2::bigint * (case when m.request_id is null then 1 when r.is_read then 1 << least(m.requests, 6) else 64 end)
                                * interval '1 millisecond')
        order by m.source, m.topic, m.shard limit 512
        for update of m skip locked
        """)

    private static let requested = PostgresStatement(
        "catch-up.requested",
        """
        update inbox_watermark m set requested_at = clock_timestamp(), request_id = w.request_id, requests = least(m.requests + 1, 100)
        from unnest($1::text[], $2::text[], $3::smallint[], $4::uuid[]) as w(source, topic, shard, request_id)
        where m.source = w.source and m.topic = w.topic and m.shard = w.shard
        """)

    private static let unanswered = PostgresStatement(
        "catch-up.unanswered", "select count(*) from inbox_watermark where behind_since is not null and requests > 3")
}
