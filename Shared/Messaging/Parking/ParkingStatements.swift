import Postgres

/// The SQL of parking. Whoever touches the rows of a key holds the key's row in `parked_key` first.
enum ParkingStatements {
    static let block = PostgresStatement(
        "parking.block",
        """
        insert into parked_key (topic, key_digest)
        select distinct topic, sha256(raw_key) from unnest($1::text[], $2::bytea[]) as k(topic, raw_key) order by 1, 2
        on conflict do nothing
        """)

    /// A record delivered twice is set aside once: it is known by its place and its time.
    static let put = PostgresStatement(
        "parking.put",
        """
        insert into parked (topic, key_digest, raw_key, partition, record_offset, record_time, headers, body, is_head, reason, explanation)
        select topic, sha256(raw_key), raw_key, partition, record_offset, record_time, headers, body, is_head, reason, explanation
        from unnest($1::text[], $2::bytea[], $3::integer[], $4::bigint[], $5::timestamptz[], $6::jsonb[], $7::bytea[], $8::boolean[],
                    $9::text[], $10::text[])
             with ordinality
             as p(topic, raw_key, partition, record_offset, record_time, headers, body, is_head, reason, explanation, ordinal)
        order by ordinal
        on conflict (topic, partition, record_offset, record_time) do nothing
        returning id, topic, partition, record_offset, reason, is_head
        """)

    static let count = PostgresStatement(
        "parking.count",
        """
        update parked_key k set rows_held = n.rows
        from (select p.topic, p.key_digest, w.raw_key, count(*) as rows
              from parked p
              join (select distinct topic, raw_key, sha256(raw_key) as digest from unnest($1::text[], $2::bytea[]) as k(topic, raw_key)) w
                on p.topic = w.topic and p.key_digest = w.digest
              group by p.topic, p.key_digest, w.raw_key) n
        where k.topic = n.topic and k.key_digest = n.key_digest
        returning k.rows_held, n.topic, n.raw_key
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

    static let remove = PostgresStatement("parking.remove", "delete from parked where id = $1")

    /// What stands under the key of a redrive. Whoever queues there holds the key's row, so this look is the last.
    static let left = PostgresStatement(
        "parking.left",
        """
        with keys as materialized (select topic, key_digest from parked_key where redrive_id = $1 for update)
        select p.id from keys k join parked p on p.topic = k.topic and p.key_digest = k.key_digest limit 1
        """)

    static let unblock = PostgresStatement("parking.unblock", "delete from parked_key where redrive_id = $1")

    static let failedAgain = PostgresStatement(
        "parking.failed-again",
        "update parked set is_head = true, attempts = attempts + 1, reason = $2, explanation = $3 where id = $1")
}
