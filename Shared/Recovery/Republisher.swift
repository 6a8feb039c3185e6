import Kernel
package import Messages
package import Postgres

/// The producer's side of catch-up: queues published records for publishing again, under their old sequence numbers.
package struct Republisher: Sendable {
    /// The maximum number of records per shard and request.
    package static let recordsAtMost = 5000

    private let service: String

    package init(service: String) { self.service = service }

    /// Queues the requested records, and returns the report that follows them in each shard. Throws a `Refusal` under QUAN-07 for a topic
    /// that this service does not write to.
    package func queue(_ request: Republish, of reader: String, on connection: PostgresConnection) async throws -> [SequenceReport] {
        let own = [Topic.events(of: service), Topic.replies, Topic.parked(of: service), Topic.commands(of: reader)]
        if !own.contains(request.topic), try await connection.query(Self.isWrittenTo, [request.topic]).isEmpty {
            throw PlatformRule.unknownReference.refusal(
                LocalisedText(zh: "本服务不向该主题发布消息。", en: "This service does not publish on that topic."))
        }
        // Each shard once, from the lowest number requested.
        let after = Dictionary(request.places.map { ($0.shard, max(0, $0.after)) }, uniquingKeysWith: min).sorted { $0.key < $1.key }
        let limit = Int64(min(max(request.recordsAtMost, 1), Self.recordsAtMost))
        let answers = try await connection.pipeline([
            PostgresStep(Self.queue, [request.topic, after.map(\.key), after.map(\.value), limit]),
            PostgresStep(Self.extent, [request.topic, after.map(\.key)]),
        ])
        return try answers[1].decode(Int16.self, Int64.self, Int64.self).map {
            SequenceReport(topic: request.topic, shard: $0.0, first: $0.1, last: $0.2)
        }
    }

    /// Only records that were published already: the others will be published anyway. Rows are locked as they are found, so that a row
    /// being deleted by housekeeping is left out; queueing a deleted row would violate the foreign key.
    private static let queue = PostgresStatement(
        "republish.queue",
        """
        insert into outbox_deferred (shard, position)
        select w.shard, o.position
        from unnest($2::smallint[], $3::bigint[]) as w(shard, after)
        join outbox_progress p on p.shard = w.shard and p.topic = $1
        cross join lateral (
            select position from outbox
            where topic = $1 and shard = w.shard and sequence > w.after and sequence <= p.published
            order by sequence limit $4 for key share) o
        on conflict do nothing
        """)

    private static let extent = PostgresStatement(
        "republish.extent",
        """
        select w.shard, coalesce(f.sequence, s.last + 1, 1), coalesce(s.last, 0)
        from unnest($2::smallint[]) as w(shard)
        left join outbox_sequence s on s.topic = $1 and s.shard = w.shard
        left join lateral (
            select sequence from outbox where topic = $1 and shard = w.shard order by sequence limit 1) f on true
        """)

    private static let isWrittenTo = PostgresStatement("republish.is-written-to", "select from outbox_sequence where topic = $1 limit 1")
}
