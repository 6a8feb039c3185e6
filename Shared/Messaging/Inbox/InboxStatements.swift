import Postgres

/// The SQL of the inbox. Rows that two batches may both need are locked in key order.
///
/// The tables of parked and held messages are almost always empty, and the server's statistics say so. With a plain join the server could
/// scan such a table for each row; the lateral subqueries force index lookups.
enum InboxStatements {
    static let blocked = PostgresStatement(
        "inbox.blocked",
        """
        select w.topic, w.raw_key, k.rows_held
        from (select distinct topic, raw_key, sha256(raw_key) as digest from unnest($1::text[], $2::bytea[]) as u(topic, raw_key)
              order by topic, digest) w
        cross join lateral (select rows_held from parked_key where topic = w.topic and key_digest = w.digest for update) k
        """)

    /// Which of these messages are already stored under their parked keys.
    static let parkedIDs = PostgresStatement(
        "inbox.parked-ids",
        """
        select w.topic, w.raw_key, w.id
        from unnest($1::text[], $2::bytea[], $3::uuid[]) as w(topic, raw_key, id)
        cross join lateral (
            select from parked where topic = w.topic and key_digest = sha256(w.raw_key) and message_id = w.id limit 1) p
        """)

    /// The answers of handled commands; null where the answer is deferred.
    static let answered = PostgresStatement("inbox.answered", "select id, outcome from inbox_command where id = any($1::uuid[])")

    static let versions = PostgresStatement(
        "inbox.versions",
        """
        select s.source, s.topic, s.key, s.version
        from unnest($1::text[], $2::text[], $3::text[]) as w(source, topic, key)
        join inbox_stream s on s.source = w.source and s.topic = w.topic and s.key = w.key
        order by s.source, s.topic, s.key
        for update of s
        """)

    static let held = PostgresStatement(
        "inbox.held",
        """
        select h.source, h.topic, h.key, h.version, h.partition, h.record_offset, h.headers, h.body
        from unnest($1::text[], $2::text[], $3::text[]) as w(source, topic, key)
        cross join lateral (
            select * from inbox_held where source = w.source and topic = w.topic and key = w.key offset 0) h
        """)

    static let saveAnswers = PostgresStatement(
        "inbox.save-answers",
        "insert into inbox_command (id, outcome) select id, outcome from unnest($1::uuid[], $2::bytea[]) as a(id, outcome) order by id")

    /// An existing stream was locked when it was read; a new one could not be. If a concurrent delivery of its first event has committed
    /// already, this fails (`inbox_stream_pkey`), and the batch is retried.
    static let beginVersions = PostgresStatement(
        "inbox.begin-versions",
        """
        insert into inbox_stream (source, topic, key, version)
        select source, topic, key, version from unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) as v(source, topic, key, version)
        order by source, topic, key
        """)

    static let saveVersions = PostgresStatement(
        "inbox.save-versions",
        """
        insert into inbox_stream as s (source, topic, key, version)
        select source, topic, key, version from unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) as v(source, topic, key, version)
        order by source, topic, key
        on conflict (source, topic, key) do update set version = excluded.version where s.version < excluded.version
        """)

    static let hold = PostgresStatement(
        "inbox.hold",
        """
        insert into inbox_held (source, topic, key, version, partition, record_offset, headers, body, shard, sequence)
        select * from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::integer[], $6::bigint[], $7::jsonb[], $8::bytea[],
                             $9::smallint[], $10::bigint[])
        on conflict do nothing
        """)

    /// Held events although everything before them in their shard was received or skipped: their predecessors will never arrive. Of each
    /// stream the first.
    static let overdue = PostgresStatement(
        "inbox.overdue",
        """
        select h.source, h.topic, h.key, h.version, h.partition, h.record_offset, h.headers, h.body
        from unnest($1::text[], $2::text[], $3::smallint[], $4::bigint[]) as w(source, topic, shard, contiguous)
        cross join lateral (
            select * from inbox_held where source = w.source and topic = w.topic and shard = w.shard and sequence <= w.contiguous offset 0) h
        where h.version = (
            select b.version from inbox_held b where b.source = h.source and b.topic = h.topic and b.key = h.key
            order by b.version limit 1)
        order by h.topic, h.shard, h.sequence limit 1000
        """)

    static let release = PostgresStatement(
        "inbox.release",
        """
        delete from inbox_held where ctid = any(array(
            select h.at from unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) as r(source, topic, key, version)
            cross join lateral (
                select ctid as at from inbox_held
                where source = r.source and topic = r.topic and key = r.key and version = r.version limit 1) h))
        """)

    static let lockOperations = PostgresStatement(
        "inbox.lock-operations", "select id from operation where id = any($1::uuid[]) order by id for update")

    /// Counts, for commands accepted here, the applied events that they caused.
    static let countAppliedEvents = PostgresStatement(
        "inbox.count-applied-events",
        """
        update operation o set applied_events = o.applied_events + r.applied_events
        from unnest($1::uuid[], $2::integer[]) as r(id, applied_events) where o.id = r.id
        """)

    /// Stores outcomes, and deletes the tokens of answered commands. Until then a token stays, because its command may be republished.
    static let recordOutcomes = PostgresStatement(
        "inbox.record-outcomes",
        """
        with answered as (
            update operation o set outcome = r.outcome, event_count = r.event_count, answered_at = clock_timestamp()
            from unnest($1::uuid[], $2::bytea[], $3::integer[]) as r(id, outcome, event_count)
            where o.id = r.id and o.outcome is null
            returning o.outbox_position)
        update outbox b set token = null
        from answered a
        where b.position = a.outbox_position and b.token is not null
        """)

    /// Stores notes that commands are parked. A note that arrives after the outcome is ignored.
    static let recordParkedNotes = PostgresStatement(
        "inbox.record-parked-notes",
        """
        update operation o set parked_note = r.note
        from unnest($1::uuid[], $2::bytea[]) as r(id, note)
        where o.id = r.id and o.outcome is null and o.parked_note is null
        """)
}
