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
        if let step = try await step(writing: drafts, on: connection) { _ = try await connection.pipeline([step]) }
    }

    /// The step that writes the drafts, for who has more to write in the same round trip. Their numbers are given already.
    static func step(writing drafts: [OutboxDraft], on connection: PostgresConnection) async throws -> PostgresStep? {
        guard !drafts.isEmpty else { return nil }
        let numbers = try await Numbers.give(to: drafts, on: connection)
        let rounds = numbers.rounds(drafts)
        return PostgresStep(
            OutboxStatements.insert,
            [
                drafts.map(\.id), drafts.map(\.topic), drafts.map(\.shard), drafts.map(\.key), numbers.versions,
                drafts.map(\.type.description), drafts.map(\.time), drafts.map(\.cause), drafts.map { $0.trace?.traceparent },
                drafts.map(\.token), drafts.map(\.body), numbers.positions, numbers.sequences,
                rounds.map(\.sequence.topic), rounds.map(\.sequence.shard), rounds.map(\.last),
                rounds.map { "{" + $0.positions.map(String.init).joined(separator: ",") + "}" },
            ])
    }
}

/// What some drafts are known by, each in the drafts' order.
private struct Numbers {
    /// A topic's shard, whose messages are numbered 1, 2, 3 and so on.
    struct Sequence: Hashable {
        let topic: String
        let shard: Int16

        init(_ draft: OutboxDraft) { (topic, shard) = (draft.topic, draft.shard) }

        init(topic: String, shard: Int16) { (self.topic, self.shard) = (topic, shard) }
    }

    /// A topic's key, whose events are numbered by their versions.
    private struct Stream: Hashable {
        let topic: String
        let key: String

        init(_ draft: OutboxDraft) { (topic, key) = (draft.topic, draft.key) }

        init(topic: String, key: String) { (self.topic, self.key) = (topic, key) }
    }

    /// Nil for what is no event.
    let versions: [Int64?]
    let sequences: [Int64]
    let positions: [Int64]

    /// Gives all of it in one round trip. First the keys are locked and then the sequences, each in one order for everybody; positions come
    /// last, so that within a key and within a sequence their order is that of the numbers.
    static func give(to drafts: [OutboxDraft], on connection: PostgresConnection) async throws -> Numbers {
        let events = count(drafts.lazy.filter(\.isVersioned).map(Stream.init))
        let streams = events.keys.sorted { ($0.topic, $0.key) < ($1.topic, $1.key) }
        let counts = count(drafts.lazy.map(Sequence.init))
        let sequences = counts.keys.sorted { ($0.topic, $0.shard) < ($1.topic, $1.shard) }
        var steps = [
            PostgresStep(
                OutboxStatements.giveSequences, [sequences.map(\.topic), sequences.map(\.shard), sequences.map { counts[$0] ?? 0 }]),
            PostgresStep(OutboxStatements.drawPositions, [Int64(drafts.count)]),
        ]
        if !streams.isEmpty {
            steps.insert(
                PostgresStep(OutboxStatements.giveVersions, [streams.map(\.topic), streams.map(\.key), streams.map { events[$0] ?? 0 }]),
                at: 0)
        }
        let answers = try await connection.pipeline(steps)
        var nextVersion: [Stream: Int64] = [:]
        if !streams.isEmpty {
            for (topic, key, last) in try answers[0].decode(String.self, String.self, Int64.self) {
                let stream = Stream(topic: topic, key: key)
                nextVersion[stream] = last - (events[stream] ?? 0) + 1
            }
        }
        var nextSequence: [Sequence: Int64] = [:]
        for (topic, shard, last) in try answers[answers.count - 2].decode(String.self, Int16.self, Int64.self) {
            let sequence = Sequence(topic: topic, shard: shard)
            nextSequence[sequence] = last - (counts[sequence] ?? 0) + 1
        }
        return Numbers(
            versions: drafts.map { $0.isVersioned ? next(Stream($0), &nextVersion) : nil },
            sequences: drafts.map { next(Sequence($0), &nextSequence) },
            positions: try answers[answers.count - 1].decode(Int64.self).sorted())
    }

    /// What `outbox_published` notes: of each sequence the last number given, and the positions that have the numbers up to it.
    func rounds(_ drafts: [OutboxDraft]) -> [(sequence: Sequence, last: Int64, positions: [Int64])] {
        var rounds: [Sequence: (last: Int64, positions: [Int64])] = [:]
        for (index, draft) in drafts.enumerated() {
            rounds[Sequence(draft), default: (0, [])].last = sequences[index]
            rounds[Sequence(draft)]?.positions.append(positions[index])
        }
        return rounds.map { ($0.key, $0.value.last, $0.value.positions) }
    }

    private static func count<Key: Hashable>(_ keys: some Swift.Sequence<Key>) -> [Key: Int64] {
        keys.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }

    private static func next<Key: Hashable>(_ key: Key, _ next: inout [Key: Int64]) -> Int64 {
        let number = next[key] ?? 1
        next[key] = number + 1
        return number
    }
}

enum OutboxStatements {
    static let giveVersions = PostgresStatement(
        "outbox.give-versions",
        """
        insert into outbox_stream as s (topic, key, version)
        select topic, key, added from unnest($1::text[], $2::text[], $3::bigint[]) as n(topic, key, added) order by topic, key
        on conflict (topic, key) do update set version = s.version + excluded.version
        returning s.topic, s.key, s.version
        """)

    static let giveSequences = PostgresStatement(
        "outbox.give-sequences",
        """
        insert into outbox_sequence as s (topic, shard, last)
        select topic, shard, added from unnest($1::text[], $2::smallint[], $3::bigint[]) as n(topic, shard, added) order by topic, shard
        on conflict (topic, shard) do update set last = s.last + excluded.last
        returning s.topic, s.shard, s.last
        """)

    static let drawPositions = PostgresStatement(
        "outbox.draw-positions",
        "select nextval(pg_get_serial_sequence('outbox', 'position')) from generate_series(1, $1::bigint)")

    /// The messages, that they wait, and which of them has which number.
    static let insert = PostgresStatement(
        "outbox.insert",
        """
        with written as (
            insert into outbox (position, message_id, topic, shard, key, version, type, occurred_at, cause, traceparent, token, body)
            overriding system value
            select position, message_id, topic, shard, key, version, type, occurred_at, cause, traceparent, token, body
            from unnest($12::bigint[], $1::uuid[], $2::text[], $3::smallint[], $4::text[], $5::bigint[], $6::text[], $7::timestamptz[],
                        $8::uuid[], $9::text[], $10::text[], $11::bytea[])
                 as d(position, message_id, topic, shard, key, version, type, occurred_at, cause, traceparent, token, body)),
        noted as (
            insert into outbox_published (topic, shard, last, positions)
            select topic, shard, last, positions::bigint[]
            from unnest($14::text[], $15::smallint[], $16::bigint[], $17::text[]) as r(topic, shard, last, positions))
        insert into outbox_pending (shard, position, topic, bytes, sequence)
        select shard, position, topic, octet_length(body), sequence
        from unnest($3::smallint[], $12::bigint[], $2::text[], $11::bytea[], $13::bigint[]) as d(shard, position, topic, body, sequence)
        """)
}
