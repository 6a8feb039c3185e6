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

    /// Takes free shards. The fence counts holders: it only ever grows, so two holders can be told apart.
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

    /// The oldest rows of each of these shards that is held, up to a number of rows and of bytes a shard. A shard's rows come in the
    /// order of their positions, which within a key is the order of versions. The last column says, where something of the shard stands
    /// still, when that was looked at.
    static let claim = PostgresStatement(
        "relay.claim",
        """
        select c.shard, c.position, c.at, c.sequence, o.message_id, o.topic, o.key, o.version, o.type, o.occurred_at, o.cause, o.traceparent,
               o.token, o.body,
               case when exists (
                   select from outbox_pending where shard = l.shard and blocked_until is not null and blocked_until > now()) then now() end
        from relay_lease l
        cross join lateral (
            select b.* from (
                select p.*, sum(p.bytes) over (order by p.position) - p.bytes as bytes_before
                from (select shard, position, sequence, bytes, ctid as at from outbox_pending
                      where shard = l.shard and (blocked_until is null or blocked_until <= now())
                      order by position limit $3) p) b
            where b.bytes_before < $4) c
        join outbox o on o.position = c.position
        where l.shard = any($5::smallint[]) and l.holder = $1
            and l.expires_at > clock_timestamp() + $2::bigint * interval '1 millisecond'
        """)

    /// What waits at the places `$1` (shards) and `$2` (positions), each looked up for itself. In a join the server would choose whether
    /// it goes through the places or through the table by what it last knew of the table, and this one it may have counted when it
    /// was empty: then all that waits would be gone through once a place.
    private static let isAtPlaces = """
        p.ctid = any(array(
            select q.at from unnest($1::smallint[], $2::bigint[]) as w(shard, position)
            cross join lateral (select ctid as at from outbox_pending where shard = w.shard and position = w.position limit 1) q))
        """

    /// The value of the array that stands at the row's position. No two rows have the same.
    private static func own(_ values: String) -> String { "(\(values))[array_position($2::bigint[], p.position)]" }

    /// What was published waits no more. Each row is looked for where it lay when it was claimed: one that was moved since, which nothing of
    /// ours does to a row under way, stays, and goes out once more under its number.
    static let acknowledge = PostgresStatement(
        "relay.acknowledge",
        """
        delete from outbox_pending p
        where p.ctid = any(array(
            select q.at from unnest($1::tid[], $2::bigint[]) as w(at, position)
            cross join lateral (select ctid as at from outbox_pending where ctid = w.at and position = w.position limit 1) q))
        """)

    /// For what follows in the transaction: it is over when it is on the disk. Until then the server cannot mark what it deleted as gone for
    /// good, and whoever looks for what waits goes past it each time. Of a few that costs less than the disk, of many it is most of the work.
    static let toDisk = PostgresStatement("relay.to-disk", "select set_config('synchronous_commit', 'on', true)")

    /// The keys that stood still in these shards at an instant: their first row that waits, and until when it does. Only who holds a shard
    /// lets keys of it stand still.
    static let blocked = PostgresStatement(
        "relay.blocked",
        """
        select distinct on (o.topic, o.key) o.topic, o.key, p.position, p.blocked_until
        from outbox_pending p
        join outbox o on o.position = p.position
        where p.shard = any($1::smallint[]) and p.blocked_until is not null and p.blocked_until > $2
        order by o.topic, o.key, p.position
        """)

    /// Whether anything stands still in these shards.
    static let standstill = PostgresStatement(
        "relay.standstill",
        "select from outbox_pending where shard = any($1::smallint[]) and blocked_until is not null and blocked_until > now() limit 1")

    /// What comes behind such a row waits as long as it does, and no longer: else each would hold up the other for ever.
    static let keepBehind = PostgresStatement(
        "relay.keep-behind",
        "update outbox_pending p set blocked_until = \(own("$3::timestamptz[]")) where \(isAtPlaces)")

    static let block = PostgresStatement(
        "relay.block",
        "update outbox_pending p set blocked_until = clock_timestamp() + $3::bigint * interval '1 millisecond' where \(isAtPlaces)")

    static let waiting = PostgresStatement(
        "relay.waiting",
        """
        select count(*), coalesce(extract(epoch from clock_timestamp() - min(o.recorded_at)) * 1000, 0)::bigint
        from outbox_pending p join outbox o on o.position = p.position
        """)
}
