import Postgres

/// The SQL of the relay.
enum RelayStatements {
    static let appear = PostgresStatement(
        "relay.appear",
        """
        insert into relay_instance (id, seen_at) values ($1, clock_timestamp())
        on conflict (id) do update set seen_at = excluded.seen_at
        """)

    static let forgetDead = PostgresStatement(
        "relay.forget-dead", "delete from relay_instance where seen_at < clock_timestamp() - $1::bigint * interval '1 millisecond'")

    static let census = PostgresStatement("relay.census", "select count(*) from relay_instance")

    static let renew = PostgresStatement(
        "relay.renew",
        """
        update relay_lease set expires_at = clock_timestamp() + $2::bigint * interval '1 millisecond'
        where holder = $1 and expires_at > clock_timestamp() returning shard
        """)

    /// Acquires free shards. The fence counts holders and only grows, so that two holders can be told apart.
    static let acquire = PostgresStatement(
        "relay.acquire",
        """
        update relay_lease set holder = $1, fence = fence + 1, expires_at = clock_timestamp() + $2::bigint * interval '1 millisecond'
        where shard in (
            select shard from relay_lease where holder is null or expires_at <= clock_timestamp()
            order by shard limit $3 for update skip locked)
        returning shard
        """)

    static let release = PostgresStatement(
        "relay.release",
        "update relay_lease set holder = null, expires_at = '-infinity' where holder = $1 and shard = any($2::smallint[])")

    static let depart = PostgresStatement("relay.depart", "delete from relay_instance where id = $1")

    /// Messages from this size on are in the index `outbox_large`.
    static let largeBytes = 4096

    /// The rows that are published next in the shards held by $1: of each shard the deferred rows that are due or, if there are none, of each
    /// topic the rows after the last published number. Deferred rows come first because within their key they precede the others. The last
    /// columns tell, if keys of the shard are stopped, when that was read, and whether the row's turn passes without it because it was
    /// deferred when it was written.
    ///
    /// $2 is how long a lease must still last, in milliseconds; $3 the maximum number of rows of a topic's shard; $4 the maximum bytes of a
    /// shard's deferred rows; $5 a topic whose rows in turn are left, or null. Only shards that have the remainder $7
    /// when divided by $6 are claimed. Rows in turn are read up to the first large message, which bounds their bytes without adding up sizes.
    static let claim = PostgresStatement(
        "relay.claim",
        """
        select c.shard, c.position, c.is_due, c.sequence, c.message_id, c.topic, c.key, c.version, c.type, c.occurred_at, c.cause,
               c.traceparent, c.token, c.body, b.looked_at, c.is_deferred and not c.is_due
        from relay_lease l
        cross join lateral (
            select case when count(*) > 0 then now() end as looked_at
            from outbox_deferred where shard = l.shard and blocked_until is not null and blocked_until > now()) b
        cross join lateral (
            select true as is_due, o.*
            from (
                select o.position, sum(o.bytes) over (order by o.position rows unbounded preceding) - o.bytes as bytes_before
                from (select position from outbox_deferred where shard = l.shard and \(isDue) order by position limit $3) a
                cross join lateral (
                    select position, octet_length(body) as bytes from outbox where position = a.position limit 1) o) r
            cross join lateral (select * from outbox where position = r.position limit 1) o
            where r.bytes_before < $4
            union all
            select false, o.*
            from outbox_sequence s
            left join outbox_progress p on p.shard = s.shard and p.topic = s.topic
            cross join lateral (
                select coalesce(
                    (select sequence from outbox
                     where topic = s.topic and shard = s.shard and octet_length(body) > \(largeBytes)
                         and sequence > coalesce(p.published, 0) and sequence <= coalesce(p.published, 0) + $3
                     order by sequence limit 1),
                    s.last) as through) reach
            cross join lateral (
                select * from outbox
                where topic = s.topic and shard = s.shard and sequence > coalesce(p.published, 0) and sequence <= reach.through
                order by sequence limit $3) o
            where s.shard = l.shard and s.last > coalesce(p.published, 0) and ($5::text is null or s.topic <> $5)
                and not exists (select from outbox_deferred where shard = l.shard and \(isDue))) c
        where l.shard % $6 = $7 and l.holder = $1 and l.expires_at > clock_timestamp() + $2::bigint * interval '1 millisecond'
        """)

    private static let isDue = "(blocked_until is null or blocked_until <= now())"

    /// Advances how far topics' shards are published. A late relay never moves it back.
    static let advance = PostgresStatement(
        "relay.advance",
        """
        insert into outbox_progress as p (shard, topic, published)
        select * from unnest($1::smallint[], $2::text[], $3::bigint[]) as n(shard, topic, published)
        order by shard, topic collate "C"
        on conflict (shard, topic) do update set published = excluded.published where excluded.published > p.published
        """)

    /// Deletes published deferred rows. Each is looked up by itself, because the plan of a join would depend on outdated table statistics.
    static let clear = PostgresStatement(
        "relay.clear",
        """
        delete from outbox_deferred a
        where a.ctid = any(array(
            select q.at from unnest($1::smallint[], $2::bigint[]) as w(shard, position)
            cross join lateral (select ctid as at from outbox_deferred where shard = w.shard and position = w.position limit 1) q))
        """)

    /// The keys of these shards that were stopped at an instant: the number of their first deferred message, and until when. Only the holder
    /// of a shard stops its keys.
    static let blocked = PostgresStatement(
        "relay.blocked",
        """
        select distinct on (o.topic, o.key) o.topic, o.key, o.sequence, a.blocked_until
        from outbox_deferred a
        join outbox o on o.position = a.position
        where a.shard = any($1::smallint[]) and a.blocked_until is not null and a.blocked_until > $2
        order by o.topic, o.key, o.sequence
        """)

    /// A stopped key in the shards of a holder.
    static let stoppedKeys = PostgresStatement(
        "relay.stopped-keys",
        """
        select from outbox_deferred d join relay_lease l on l.shard = d.shard
        where l.holder = $1 and d.blocked_until is not null and d.blocked_until > now() limit 1
        """)

    /// Defers the messages behind a stopped one as long as it is stopped, and no longer: otherwise each would hold up the other for ever.
    static let deferBehind = PostgresStatement(
        "relay.defer-behind",
        """
        insert into outbox_deferred (shard, position, blocked_until)
        select * from unnest($1::smallint[], $2::bigint[], $3::timestamptz[])
        on conflict (shard, position) do update set blocked_until = excluded.blocked_until
        """)

    static let block = PostgresStatement(
        "relay.block",
        """
        insert into outbox_deferred (shard, position, blocked_until)
        select shard, position, clock_timestamp() + $3::bigint * interval '1 millisecond'
        from unnest($1::smallint[], $2::bigint[]) as w(shard, position)
        on conflict (shard, position) do update set blocked_until = excluded.blocked_until
        """)

    /// The number of waiting messages, and the age of the oldest in milliseconds. Computed from the numbers, of which there are few for each
    /// topic's shard: counting rows would take longer the more messages there ever were. A deferred message counts twice until its turn has
    /// passed.
    static let waiting = PostgresStatement(
        "relay.waiting",
        """
        select coalesce(sum(w.messages), 0)::bigint,
               coalesce(extract(epoch from clock_timestamp() - min(w.oldest)) * 1000, 0)::bigint
        from (
            select s.last - coalesce(p.published, 0) as messages,
                   (select recorded_at from outbox
                    where topic = s.topic and shard = s.shard and sequence > coalesce(p.published, 0)
                    order by sequence limit 1) as oldest
            from outbox_sequence s
            left join outbox_progress p on p.shard = s.shard and p.topic = s.topic
            where s.last > coalesce(p.published, 0)
            union all
            select count(*), (select recorded_at from outbox where position = min(a.position)) from outbox_deferred a) w
        """)
}
