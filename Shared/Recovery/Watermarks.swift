package import Foundation
package import Messages
package import Postgres

/// The watermarks of the shards of a batch, locked in the batch's transaction.
package struct Watermarks: Sendable {
    private var marks: [Watermark.Key: Watermark] = [:]

    /// Reads the result of `lookup`, and creates watermarks that do not exist yet.
    package init(_ keys: [Watermark.Key], found: PostgresRows?, on connection: PostgresConnection) async throws {
        if let found { try read(found) }
        guard marks.count < keys.count else { return }
        let answers = try await connection.pipeline([
            PostgresStep(Self.create, Self.columns(keys)), PostgresStep(Self.select, Self.columns(keys)),
        ])
        try read(answers[1])
    }

    /// The query that reads and locks these watermarks; keys in ascending order.
    package static func lookup(_ keys: [Watermark.Key]) -> PostgresStep { PostgresStep(select, columns(keys)) }

    /// Whether the numbers of a shard include this one.
    package func contains(_ sequence: Int64, in key: Watermark.Key) -> Bool { marks[key]?.received.contains(sequence) == true }

    /// Records that the record with this number was handled, held, parked or dropped.
    package mutating func record(_ sequence: Int64, in key: Watermark.Key) { marks[key]?.record(sequence) }

    /// Applies a producer's answer to a republish request.
    package mutating func apply(_ report: SequenceReport, answering request: UUID?, in key: Watermark.Key) {
        marks[key]?.apply(report, answering: request)
    }

    /// Adds the watermarks of a further step of the same transaction.
    package mutating func merge(_ later: Watermarks) { marks.merge(later.marks) { $1 } }

    /// Whether records are missing, or may be.
    package var hasGap: Bool { marks.values.contains(where: \.hasGap) }

    /// The shards in which numbers were skipped, each with the number up to which everything was received or skipped.
    package var skipped: [(key: Watermark.Key, contiguous: Int64)] {
        marks.filter { $0.value.skippedUpTo > 0 }.sorted { $0.key < $1.key }.map { ($0.key, $0.value.received.contiguous) }
    }

    /// The step that saves them; nil if there are none.
    package var saving: PostgresStep? {
        guard !marks.isEmpty else { return nil }
        let all = marks.sorted { $0.key < $1.key }
        let values = all.map(\.value)
        return PostgresStep(
            Self.save,
            Self.columns(all.map(\.key)) + [
                values.map(\.received.contiguous),
                values.map { "{" + $0.received.flattened.map(String.init).joined(separator: ",") + "}" },
                values.map(\.target), values.map(\.requestID), values.map(\.hasGap), values.map(\.skippedUpTo),
            ])
    }

    private mutating func read(_ rows: PostgresRows) throws {
        for row in try rows.decode(String.self, String.self, Int16.self, Int64.self, [Int64].self, Int64?.self, UUID?.self, Int64.self) {
            marks[Watermark.Key(source: row.0, topic: row.1, shard: row.2)] = Watermark(
                received: SequenceSet(contiguous: row.3, flattened: row.4), target: row.5, requestID: row.6, skippedUpTo: row.7)
        }
    }

    private static func columns(_ keys: [Watermark.Key]) -> [any PostgresEncodable] {
        [keys.map(\.source), keys.map(\.topic), keys.map(\.shard)]
    }

    private static let create = PostgresStatement(
        "watermarks.create",
        """
        insert into inbox_watermark (source, topic, shard)
        select source, topic, shard from unnest($1::text[], $2::text[], $3::smallint[]) as w(source, topic, shard)
        order by source, topic, shard
        on conflict do nothing
        """)

    private static let select = PostgresStatement(
        "watermarks.select",
        """
        select m.source, m.topic, m.shard, m.contiguous, m.beyond, m.target, m.request_id, m.skipped_through
        from unnest($1::text[], $2::text[], $3::smallint[]) as w(source, topic, shard)
        join inbox_watermark m on m.source = w.source and m.topic = w.topic and m.shard = w.shard
        order by m.source, m.topic, m.shard
        for update of m
        """)

    /// `requests` is reset to 0 as soon as a missing record arrives. A reader that was answered without progress keeps `requested_at`, so that
    /// it does not repeat its request at once.
    private static let save = PostgresStatement(
        "watermarks.save",
        """
        update inbox_watermark m
        set contiguous = w.contiguous, beyond = w.beyond::bigint[], target = w.target, request_id = w.request_id,
            behind_since = case when w.behind then coalesce(m.behind_since, clock_timestamp()) end,
            skipped_through = w.skipped_through,
            requested_at = case when w.request_id is not null or w.behind and w.contiguous = m.contiguous and m.requests > 0
                                then m.requested_at end,
            requests = case when w.behind and (w.request_id is not null or w.contiguous = m.contiguous) then m.requests else 0 end
        from unnest($1::text[], $2::text[], $3::smallint[], $4::bigint[], $5::text[], $6::bigint[], $7::uuid[], $8::boolean[],
                    $9::bigint[])
             as w(source, topic, shard, contiguous, beyond, target, request_id, behind, skipped_through)
        where m.source = w.source and m.topic = w.topic and m.shard = w.shard
        """)
}
