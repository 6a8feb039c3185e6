import Foundation
import Kernel
import Messages
import Postgres

/// The producer's side of catch-up: queues published records for publishing again, under their old sequence numbers.
struct Republisher: Sendable {
    let service: String
    let ids: UUIDv7Source

    /// The maximum number of records per shard and request.
    static let recordsAtMost = 5000

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

    /// Queues the requested records, and returns the sequence reports that follow them in each shard. A report answers the request, or the
    /// first request that it repeats. Throws a `Refusal` under QUAN-07 for a topic that this service does not write to.
    func queue(_ request: Republish, _ envelope: Envelope, on connection: PostgresConnection) async throws -> [OutboxDraft] {
        let ours = [Topic.events(of: service), Topic.replies, Topic.parked(of: service), Topic.commands(of: envelope.source)]
        if !ours.contains(request.topic) {
            guard try await !connection.query(Self.isWrittenTo, [request.topic]).isEmpty else {
                throw PlatformRule.unknownReference.refusal(
                    LocalisedText(zh: "本服务不向该主题发布消息。", en: "This service does not publish on that topic."))
            }
        }
        let places = request.places
        let limit = Int64(min(max(request.recordsAtMost, 1), Self.recordsAtMost))
        let shards = places.map(\.shard)
        let answers = try await connection.pipeline([
            PostgresStep(Self.queue, [request.topic, shards, places.map(\.after), limit]),
            PostgresStep(Self.extent, [request.topic, shards]),
        ])
        return try answers[1].decode(Int16.self, Int64.self, Int64.self).map { shard, first, last in
            OutboxDraft(
                id: ids.next(at: envelope.time), topic: request.topic, key: "sequence-report/\(shard)", shard: shard,
                type: SequenceReport.type, isVersioned: false, time: envelope.time, cause: envelope.cause ?? envelope.id,
                trace: envelope.trace?.child(),
                body: try MessageBody.encode(SequenceReport(topic: request.topic, shard: shard, first: first, last: last)))
        }
    }
}
