import Foundation
import Messages
import Postgres

/// Writes messages to the outbox, in the transaction that also writes what they tell of.
///
/// Everything a message will ever be known by is given here: the version of an event, the number in the sequence of its topic's shard,
/// and its position. What gives them stays locked until the transaction ends, so they become visible in the order in which they were
/// given, and a transaction that is rolled back leaves no hole. Writing is the last thing that a transaction locks rows for.
enum OutboxWriter {
    /// Writes the drafts in their order.
    static func write(_ drafts: [OutboxDraft], on connection: PostgresConnection) async throws {
        if let step = step(writing: drafts) { _ = try await connection.pipeline([step]) }
    }

    /// The step that writes the drafts, for who has more to write in the same round trip.
    ///
    /// The server knows the last number of each stream and sequence, so it is the server that numbers. It is told of each draft which of
    /// the streams and sequences is its own, and how far its number lies before the last one given to this step. Its answer is what an
    /// `OutboxWriting` reads.
    static func step(writing drafts: [OutboxDraft]) -> PostgresStep? {
        guard !drafts.isEmpty else { return nil }
        let streams = Places(drafts) { $0.isVersioned ? Stream(topic: $0.topic, key: $0.key) : nil }
        let sequences = Places(drafts) { Sequence(topic: $0.topic, shard: $0.shard) }
        return PostgresStep(
            drafts.contains { $0.delay != nil } ? OutboxStatements.insertWithSomeForLater : OutboxStatements.insert,
            [
                drafts.map(\.id), drafts.map(\.topic), drafts.map(\.shard), drafts.map(\.key), drafts.map(\.type.description),
                drafts.map(\.time), drafts.map(\.cause), drafts.map { $0.trace?.traceparent }, drafts.map(\.token), drafts.map(\.body),
                streams.keys.map(\.topic), streams.keys.map(\.key), streams.counts, streams.index, streams.offset,
                sequences.keys.map(\.topic), sequences.keys.map(\.shard), sequences.counts, sequences.index, sequences.offset,
                drafts.map { $0.delay?.milliseconds },
            ])
    }

    /// A topic's shard, whose messages are numbered 1, 2, 3 and so on.
    private struct Sequence: Hashable, Comparable {
        let topic: String
        let shard: Int16

        static func < (a: Self, b: Self) -> Bool { a.topic == b.topic ? a.shard < b.shard : a.topic.precedes(b.topic) }
    }

    /// A topic's key, whose events are numbered by their versions.
    private struct Stream: Hashable, Comparable {
        let topic: String
        let key: String

        static func < (a: Self, b: Self) -> Bool { a.topic == b.topic ? a.key.precedes(b.key) : a.topic.precedes(b.topic) }
    }
}

/// Where each draft stands among those of its key.
private struct Places<Key: Hashable & Comparable> {
    /// The keys, in order.
    let keys: [Key]
    /// How many drafts each has.
    let counts: [Int64]
    /// Of each draft the number of its key, from 1; nil where it has none.
    private(set) var index: [Int32?] = []
    /// Of each draft how far it is from the last of its key: 0 for that one, -1 for the one before.
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
    /// Before another in the order of bytes, which is the server's order "C".
    fileprivate func precedes(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}

enum OutboxStatements {
    /// Numbers the messages and writes them.
    ///
    /// What is numbered is locked one after the other: the streams, then the sequences, each in one order for everybody, and positions are
    /// drawn last, so that within a key and within a sequence their order is that of the numbers. Each part asks for the one before, which
    /// is what makes the server keep to that order. What is answered is what was written, in the order of the drafts.
    static let insert = PostgresStatement("outbox.insert", insert(""))

    /// The same where some are said for later: these stand aside.
    static let insertWithSomeForLater = PostgresStatement(
        "outbox.insert-later",
        insert(
            """
            ,
            aside as (
                insert into outbox_aside (shard, position, blocked_until)
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
                                      stream, before, sequence_index, sequence_before, delay, ordinal)),
        written as (
            insert into outbox (
                position, message_id, topic, shard, sequence, put_off, key, version, type, occurred_at, cause, traceparent, token, body)
            overriding system value
            select position, message_id, topic, shard, sequence, delay is not null, key, version, type, occurred_at, cause, traceparent,
                   token, body
            from drafts
            returning position, sequence, version)\(further)
        select position, sequence, version from written order by position
        """
    }
}
