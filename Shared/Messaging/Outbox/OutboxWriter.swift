import Foundation
import Kernel
import Messages
import Postgres

/// Writes messages to the outbox, in the transaction of the change that they report.
///
/// Here a message gets its permanent numbers: an event its version, and each message its sequence number in the topic's shard and its
/// position. The counters stay locked until the transaction ends; so numbers become visible in order, and a rollback leaves no gap. The
/// outbox is written last, so that these locks are held briefly.
enum OutboxWriter {
    /// Writes the drafts in order.
    static func write(_ drafts: [OutboxDraft], on connection: PostgresConnection) async throws {
        if let step = step(writing: drafts) { _ = try await connection.pipeline([step]) }
    }

    /// The step that writes the drafts, for use in a round trip with other steps.
    ///
    /// The server assigns the numbers, since it has the last number of each stream and sequence. For each draft it receives the draft's
    /// stream and sequence, and the distance of its number from the last one assigned by this step.
    static func step(writing drafts: [OutboxDraft]) -> PostgresStep? {
        guard !drafts.isEmpty else { return nil }
        let streams = Places(drafts) { $0.isVersioned ? Stream(topic: $0.topic, key: $0.key) : nil }
        let sequences = Places(drafts) { Sequence(topic: $0.topic, shard: $0.shard) }
        return PostgresStep(
            drafts.contains { $0.delay != nil } ? OutboxStatements.insertWithDeferred : OutboxStatements.insert,
            [
                drafts.map(\.id), drafts.map(\.topic), drafts.map(\.shard), drafts.map(\.key), drafts.map(\.type.description),
                drafts.map(\.time), drafts.map(\.cause), drafts.map { $0.trace?.traceparent }, drafts.map(\.token), drafts.map(\.body),
                streams.keys.map(\.topic), streams.keys.map(\.key), streams.counts, streams.index, streams.offset,
                sequences.keys.map(\.topic), sequences.keys.map(\.shard), sequences.counts, sequences.index, sequences.offset,
                drafts.map { $0.delay?.milliseconds },
            ])
    }

    /// A topic's shard, whose messages are numbered 1, 2, 3, …
    private struct Sequence: Hashable, Comparable {
        let topic: String
        let shard: Int16

        static func < (a: Self, b: Self) -> Bool { a.topic == b.topic ? a.shard < b.shard : a.topic.precedes(b.topic) }
    }

    /// A topic's key, whose events have the versions 1, 2, 3, …
    private struct Stream: Hashable, Comparable {
        let topic: String
        let key: String

        static func < (a: Self, b: Self) -> Bool { a.topic == b.topic ? a.key.precedes(b.key) : a.topic.precedes(b.topic) }
    }
}

/// Each draft's index among the drafts of its key.
private struct Places<Key: Hashable & Comparable> {
    /// The keys, sorted.
    let keys: [Key]
    /// The number of drafts of each key.
    let counts: [Int64]
    /// The index of each draft's key, from 1; nil for a draft without one.
    private(set) var index: [Int32?] = []
    /// Each draft's distance from the last draft of its key: 0 for the last, -1 for the one before it.
    private(set) var offset: [Int64?] = []

    init(_ drafts: [OutboxDraft], key: (OutboxDraft) -> Key?) {
        let keyOfEach = drafts.map(key)
        var left: [Key: Int64] = [:]
        for key in keyOfEach { if let key { left[key, default: 0] += 1 } }
        keys = left.keys.sorted()
        counts = keys.map { left[$0] ?? 0 }
        let numbers = Dictionary(uniqueKeysWithValues: zip(keys, Int32(1)...))
        for key in keyOfEach {
            let after = key.map { (left[$0] ?? 1) - 1 }
            if let key { left[key] = after }
            index.append(key.flatMap { numbers[$0] })
            offset.append(after.map { -$0 })
        }
    }
}

extension String {
    /// Whether it precedes `other` in byte order, which is the server's collation "C".
    fileprivate func precedes(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}

enum OutboxStatements {
    /// Numbers the messages and writes them.
    ///
    /// Streams are locked first, then sequences, each always in the same order; positions are drawn last, so that within a key and within a
    /// sequence they have the order of the numbers. Each part refers to the one before, which forces the server to keep this order.
    static let insert = PostgresStatement("outbox.insert", insert(""))

    /// The same for drafts of which some are deferred: these are also queued in `outbox_deferred`.
    static let insertWithDeferred = PostgresStatement(
        "outbox.insert-later",
        insert(
            """
            ,
            deferred as (
                insert into outbox_deferred (shard, position, blocked_until)
                select shard, position, clock_timestamp() + delay * interval '1 millisecond' from drafts where delay is not null)
            """))

    private static func insert(_ further: String) -> String {
        """
        with streams as (
            insert into outbox_stream as s (topic, key, version)
            select topic, key, added from unnest($11::text[], $12::text[], $13::bigint[]) as n(topic, key, added)
            order by topic collate "C", key collate "C"
            on conflict (topic, key) do update set version = s.version + excluded.version
            returning s.topic, s.key, s.version),
        versions as (select array_agg(version order by topic collate "C", key collate "C") as last, count(*) as given from streams),
        sequences as (
            insert into outbox_sequence as s (topic, shard, last)
            select topic, shard, added from unnest($16::text[], $17::smallint[], $18::bigint[]) as n(topic, shard, added)
            where (select given from versions) >= 0
            order by topic collate "C", shard
            on conflict (topic, shard) do update set last = s.last + excluded.last
            returning s.topic, s.shard, s.last),
        numbers as (select array_agg(last order by topic collate "C", shard) as last, count(*) as given from sequences),
        positions as (
            select array(
                select nextval('outbox_position_seq')
                from generate_series(1, cardinality($1::uuid[]))
                where (select given from numbers) > 0) as drawn),
        drafts as materialized (
            select (select drawn from positions)[d.ordinal] as position, (select last from versions)[d.stream] + d.before as version,
                   (select last from numbers)[d.sequence_index] + d.sequence_before as sequence, d.*
            from unnest($1::uuid[], $2::text[], $3::smallint[], $4::text[], $5::text[], $6::timestamptz[], $7::uuid[], $8::text[],
                        $9::text[], $10::bytea[], $14::integer[], $15::bigint[], $19::integer[], $20::bigint[], $21::bigint[])
                 with ordinality as d(message_id, topic, shard, key, type, occurred_at, cause, traceparent, token, body,
                                      stream, before, sequence_index, sequence_before, delay, ordinal))\(further)
        insert into outbox (
            position, message_id, topic, shard, sequence, is_deferred, key, version, type, occurred_at, cause, traceparent, token, body)
        overriding system value
        select position, message_id, topic, shard, sequence, delay is not null, key, version, type, occurred_at, cause, traceparent, token,
               body
        from drafts
        """
    }
}
