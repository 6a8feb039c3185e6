import Postgres

/// The SQL of parking. The key's row in `parked_key` must be locked before rows of the key are changed.
enum ParkingStatements {
    static let block = PostgresStatement(
        "parking.block",
        """
        insert into parked_key (topic, key_digest)
        select distinct topic, sha256(raw_key) from unnest($1::text[], $2::bytea[]) as k(topic, raw_key) order by 1, 2
        on conflict do nothing
        """)

    /// A record that is delivered twice is parked once: a record is identified by partition, offset and time, a message by key and id.
    static let park = PostgresStatement(
        "parking.park",
        """
        with added as (
            insert into parked (topic, key_digest, raw_key, partition, record_offset, record_time, headers, body, is_head, reason,
                                explanation, message_id)
            select topic, sha256(raw_key), raw_key, partition, record_offset, record_time, headers, body, is_head, reason, explanation,
                   message_id
            from unnest($1::text[], $2::bytea[], $3::integer[], $4::bigint[], $5::timestamptz[], $6::jsonb[], $7::bytea[], $8::boolean[],
                        $9::text[], $10::text[], $11::uuid[])
                 with ordinality
                 as p(topic, raw_key, partition, record_offset, record_time, headers, body, is_head, reason, explanation, message_id,
                      ordinal)
            order by ordinal
            on conflict do nothing
            returning id, topic, key_digest, partition, record_offset, reason, is_head),
        counted as (
            update parked_key k set rows_held = k.rows_held + n.rows
            from (select topic, key_digest, count(*) as rows from added group by topic, key_digest) n
            where k.topic = n.topic and k.key_digest = n.key_digest)
        select id, topic, partition, record_offset, reason, is_head from added order by id
        """)

    /// Counts messages beyond a key's bound.
    static let tally = PostgresStatement(
        "parking.tally",
        """
        update parked_key k set refused = k.refused + n.refused, dropped = k.dropped + n.dropped
        from unnest($1::text[], $2::bytea[], $3::bigint[], $4::bigint[]) as n(topic, raw_key, refused, dropped)
        where k.topic = n.topic and k.key_digest = sha256(n.raw_key)
        """)

    /// Records from which number a producer's sequence must be requested again.
    static let miss = PostgresStatement(
        "parking.miss",
        """
        insert into parked_missing as m (topic, key_digest, source, shard, lowest)
        select topic, sha256(raw_key), source, shard, lowest
        from unnest($1::text[], $2::bytea[], $3::text[], $4::smallint[], $5::bigint[]) as n(topic, raw_key, source, shard, lowest)
        on conflict (topic, key_digest, source, shard) do update set lowest = least(m.lowest, excluded.lowest)
        """)

    static let lockByRow = PostgresStatement(
        "parking.lock-by-row",
        """
        select k.topic, k.key_digest from parked_key k
        where k.redrive_id = $2 or (k.topic, k.key_digest) = (select topic, key_digest from parked where id = $1)
        order by k.redrive_id = $2 desc nulls last
        limit 1
        for update of k
        """)

    static let claim = PostgresStatement(
        "parking.claim", "update parked_key set redrive_id = $3 where topic = $1 and key_digest = $2")

    static let first = PostgresStatement(
        "parking.first",
        """
        select id, topic, raw_key, partition, record_offset, record_time, headers, body from parked
        where topic = $1 and key_digest = $2 order by id limit 1
        """)

    static let remove = PostgresStatement(
        "parking.remove",
        """
        with gone as (delete from parked where id = $1 returning topic, key_digest)
        update parked_key k set rows_held = k.rows_held - 1 from gone g where k.topic = g.topic and k.key_digest = g.key_digest
        """)

    /// Whether rows are left under the key of a redrive. Queueing requires the key's row lock, so no row can be added after this check.
    static let left = PostgresStatement(
        "parking.left",
        """
        with keys as materialized (select topic, key_digest from parked_key where redrive_id = $1 for update)
        select p.id from keys k join parked p on p.topic = k.topic and p.key_digest = k.key_digest limit 1
        """)

    /// How many messages were beyond the bound while the key was parked.
    static let tallies = PostgresStatement(
        "parking.tallies",
        "select coalesce(sum(refused), 0)::bigint, coalesce(sum(dropped), 0)::bigint from parked_key where redrive_id = $1")

    /// Moves the watermark back to before the first dropped message, so that the shard is requested again from there, slice by slice.
    /// Duplicates are ignored.
    static let requestAgain = PostgresStatement(
        "parking.request-again",
        """
        with missing as (
            select m.source, m.topic, m.shard, min(m.lowest) as lowest
            from parked_key k join parked_missing m on m.topic = k.topic and m.key_digest = k.key_digest
            where k.redrive_id = $1
            group by m.source, m.topic, m.shard)
        update inbox_watermark w
        set target = greatest(w.target, w.contiguous, (select max(b) from unnest(w.beyond) as b)),
            contiguous = least(w.contiguous, m.lowest - 1), beyond = '{}', behind_since = '-infinity', requested_at = null, request_id = null,
            requests = 0
        from missing m
        where w.source = m.source and w.topic = m.topic and w.shard = m.shard
        """)

    static let unblock = PostgresStatement("parking.unblock", "delete from parked_key where redrive_id = $1")

    static let failedAgain = PostgresStatement(
        "parking.failed-again",
        "update parked set is_head = true, attempts = attempts + 1, reason = $2, explanation = $3 where id = $1")
}
