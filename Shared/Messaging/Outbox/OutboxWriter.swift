import Foundation
import Messages
import Postgres

/// Writes messages to the outbox, in the transaction that also writes what they tell of.
enum OutboxWriter {
    /// Writes the drafts in their order. Events are numbered here: the row of their key in `outbox_stream` stays locked
    /// until the transaction ends, so numbers are given in the order in which they become visible.
    static func write(_ drafts: [OutboxDraft], on connection: PostgresConnection) async throws {
        if let step = try await step(writing: drafts, on: connection) { _ = try await connection.pipeline([step]) }
    }

    /// The step that writes the drafts, for who has more to write in the same round trip. Their versions are given already.
    static func step(writing drafts: [OutboxDraft], on connection: PostgresConnection) async throws -> PostgresStep? {
        guard !drafts.isEmpty else { return nil }
        let versions = try await versions(for: drafts, on: connection)
        return PostgresStep(
            OutboxStatements.insert,
            [
                drafts.map(\.id), drafts.map(\.topic), drafts.map(\.shard), drafts.map(\.key), versions,
                drafts.map(\.type.description), drafts.map(\.time), drafts.map(\.cause), drafts.map { $0.trace?.traceparent },
                drafts.map(\.token), drafts.map(\.body),
            ])
    }

    private struct Stream: Hashable {
        let topic: String
        let key: String
    }

    /// The version of each draft, nil where it has none.
    private static func versions(for drafts: [OutboxDraft], on connection: PostgresConnection) async throws -> [Int64?] {
        var counts: [Stream: Int64] = [:]
        for draft in drafts where draft.isVersioned { counts[Stream(topic: draft.topic, key: draft.key), default: 0] += 1 }
        guard !counts.isEmpty else { return drafts.map { _ in nil } }
        let streams = counts.keys.sorted { ($0.topic, $0.key) < ($1.topic, $1.key) }
        let rows = try await connection.query(
            OutboxStatements.number, [streams.map(\.topic), streams.map(\.key), streams.map { counts[$0] ?? 0 }])
        var next: [Stream: Int64] = [:]
        for (topic, key, last) in try rows.decode(String.self, String.self, Int64.self) {
            let stream = Stream(topic: topic, key: key)
            next[stream] = last - (counts[stream] ?? 0) + 1
        }
        return drafts.map { draft in
            guard draft.isVersioned else { return nil }
            let stream = Stream(topic: draft.topic, key: draft.key)
            defer { next[stream, default: 1] += 1 }
            return next[stream]
        }
    }
}

enum OutboxStatements {
    static let number = PostgresStatement(
        "outbox.number",
        """
        insert into outbox_stream as s (topic, key, version)
        select topic, key, added from unnest($1::text[], $2::text[], $3::bigint[]) as n(topic, key, added) order by topic, key
        on conflict (topic, key) do update set version = s.version + excluded.version
        returning s.topic, s.key, s.version
        """)

    /// Positions are given in the drafts' order, after the lock on each key's number is held: within a key the order of
    /// positions is the order of versions.
    static let insert = PostgresStatement(
        "outbox.insert",
        """
        with written as (
            insert into outbox (message_id, topic, shard, key, version, type, occurred_at, cause, traceparent, token, body)
            select message_id, topic, shard, key, version, type, occurred_at, cause, traceparent, token, body
            from unnest($1::uuid[], $2::text[], $3::smallint[], $4::text[], $5::bigint[], $6::text[], $7::timestamptz[], $8::uuid[],
                        $9::text[], $10::text[], $11::bytea[])
                 with ordinality
                 as d(message_id, topic, shard, key, version, type, occurred_at, cause, traceparent, token, body, ordinal)
            order by ordinal
            returning position, topic, shard, octet_length(body) as bytes)
        insert into outbox_pending (shard, position, topic, bytes) select shard, position, topic, bytes from written
        """)
}
