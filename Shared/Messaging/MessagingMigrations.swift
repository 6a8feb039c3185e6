/// The tables behind a message's way. They live in the database of each service that speaks or listens.
public enum MessagingMigrations {
    /// The name of the set, as `schema_migration` records it.
    public static let setName = "messaging"

    /// Number, name and SQL, in order. A published one is never edited; a change is a new one.
    public static let all: [(number: Int, name: String, sql: String)] = [
        (1, "outbox", outbox), (2, "inbox", inbox), (3, "parking", parking), (4, "operations", operations), (5, "audit", audit),
        (6, "audit-seals", AuditTables.seals), (7, "held-by-place", heldByPlace), (8, "numbered-when-written", numberedWhenWritten),
        (9, "published-by-number", publishedByNumber), (10, "large-messages", largeMessages),
        (11, "bounded-parking", boundedParking),
        (12, "told-operations", toldOperations), (13, "nothing-asked-of-the-tool", nothingAskedOfTheTool),
    ]

    /// A message's row never changes once written; what still has to be published stands in the small table beside it, so
    /// that publishing rewrites no bodies. `outbox_published` is the order of a shard's numbers: a row lists the positions that have
    /// the numbers up to `last`.
    private static let outbox = """
        create table outbox (
            position bigint generated always as identity primary key,
            message_id uuid not null,
            topic text not null,
            shard smallint not null,
            key text not null,
            version bigint,
            type text not null,
            occurred_at timestamptz not null,
            cause uuid,
            traceparent text,
            token text,
            body bytea not null,
            recorded_at timestamptz not null default now()
        );
        create index outbox_recorded_at on outbox using brin (recorded_at);
        create table outbox_stream (
            topic text not null,
            key text not null,
            version bigint not null check (version > 0),
            primary key (topic, key)
        ) with (fillfactor = 70);
        create table outbox_pending (
            shard smallint not null,
            position bigint not null,
            topic text not null,
            bytes integer not null,
            sequence bigint,
            blocked_until timestamptz,
            primary key (shard, position)
        ) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);
        create index outbox_pending_blocked on outbox_pending (shard) where blocked_until is not null;
        create table outbox_published (
            topic text not null,
            shard smallint not null,
            last bigint not null,
            positions bigint[] not null,
            primary key (topic, shard, last)
        );
        create table outbox_sequence (
            topic text not null,
            shard smallint not null,
            last bigint not null,
            primary key (topic, shard)
        ) with (fillfactor = 50);
        create table relay_lease (
            shard smallint primary key,
            holder uuid,
            fence bigint not null default 0,
            expires_at timestamptz not null default '-infinity'
        );
        insert into relay_lease (shard) select generate_series(0, 31);
        create table relay_instance (
            id uuid primary key,
            seen_at timestamptz not null
        );
        """

    private static let inbox = """
        create table inbox_command (
            id uuid primary key,
            outcome bytea not null,
            recorded_at timestamptz not null default now()
        );
        create index inbox_command_recorded_at on inbox_command using brin (recorded_at);
        create table inbox_stream (
            source text not null,
            topic text not null,
            key text not null,
            version bigint not null,
            primary key (source, topic, key)
        ) with (fillfactor = 70);
        create table inbox_held (
            source text not null,
            topic text not null,
            key text not null,
            version bigint not null,
            partition integer not null,
            record_offset bigint not null,
            headers jsonb not null,
            body bytea not null,
            shard smallint,
            sequence bigint,
            recorded_at timestamptz not null default now(),
            primary key (source, topic, key, version)
        );
        create index inbox_held_by_place on inbox_held (source, topic, shard, sequence);
        create table inbox_watermark (
            source text not null,
            topic text not null,
            shard smallint not null,
            contiguous bigint not null default 0,
            beyond bigint[] not null default '{}',
            wanted bigint,
            behind_since timestamptz,
            asked_at timestamptz,
            asked_by uuid,
            asks smallint not null default 0,
            given_up bigint not null default 0,
            primary key (source, topic, shard)
        ) with (fillfactor = 50);
        create index inbox_watermark_behind on inbox_watermark (behind_since) where behind_since is not null;
        """

    /// To a server that believes the table empty all indexes look alike, and it may look a stream up in the one that has no keys, going
    /// through everything. A partial index is none for a statement that does not ask for its condition.
    private static let heldByPlace = """
        drop index inbox_held_by_place;
        create index inbox_held_by_place on inbox_held (source, topic, shard, sequence) where sequence is not null;
        """

    /// A message has its number from when it is written. What was written before and waits gets one now: those of a round that was broken
    /// off the numbers they had, the others the next.
    private static let numberedWhenWritten = """
        with found as (
            select p.shard, p.position, r.last - cardinality(r.positions) + n.ordinal as sequence
            from outbox_sequence s
            cross join lateral (
                select * from outbox_published b where b.topic = s.topic and b.shard = s.shard order by b.last desc limit 1) r
            cross join lateral unnest(r.positions) with ordinality as n(position, ordinal)
            join outbox_pending p on p.shard = s.shard and p.position = n.position and p.sequence is null)
        update outbox_pending p set sequence = f.sequence from found f where p.shard = f.shard and p.position = f.position;
        with waiting as (
            select topic, shard, position, row_number() over (partition by topic, shard order by position) as ordinal
            from outbox_pending where sequence is null),
        rounds as (
            select topic, shard, count(*) as added, array_agg(position order by position) as positions from waiting group by topic, shard),
        given as (
            insert into outbox_sequence as s (topic, shard, last) select topic, shard, added from rounds
            on conflict (topic, shard) do update set last = s.last + excluded.last
            returning topic, shard, last),
        noted as (
            insert into outbox_published (topic, shard, last, positions)
            select g.topic, g.shard, g.last, r.positions from given g join rounds r using (topic, shard))
        update outbox_pending p set sequence = g.last - r.added + w.ordinal
        from waiting w join given g using (topic, shard) join rounds r using (topic, shard)
        where p.shard = w.shard and p.position = w.position;
        alter table outbox_pending alter column sequence set not null;
        """

    /// The operator's tool was asked to send again what it had sent, on a topic that nobody makes or reads.
    private static let nothingAskedOfTheTool = """
        delete from inbox_watermark where source = 'quan';
        delete from outbox where topic = 'quan.commands';
        delete from outbox_progress where topic = 'quan.commands';
        delete from outbox_sequence where topic = 'quan.commands';
        """

    /// A message's row has its number, and how far a topic's shard is published is one number: nothing is written or deleted for each message
    /// that goes out in its turn. What goes out of turn stands in `outbox_aside`: what is said for later, what Kafka would not take and what
    /// comes behind it in its key, and what is sent again. Nothing stands there without its message: it would keep its shard from its turn.
    private static let publishedByNumber = """
        alter table outbox add column sequence bigint, add column put_off boolean not null default false;
        update outbox o set sequence = n.sequence
        from (select x.position, r.last - cardinality(r.positions) + x.ordinal as sequence
              from outbox_published r cross join lateral unnest(r.positions) with ordinality as x(position, ordinal)) n
        where o.position = n.position;
        alter table outbox alter column sequence set not null;
        create unique index outbox_by_number on outbox (topic, shard, sequence);
        alter table outbox_sequence drop constraint outbox_sequence_pkey;
        alter table outbox_sequence add primary key (shard, topic);
        create table outbox_progress (
            shard smallint not null,
            topic text not null,
            published bigint not null,
            primary key (shard, topic)
        ) with (fillfactor = 50);
        insert into outbox_progress (shard, topic, published) select shard, topic, last from outbox_sequence;
        create table outbox_aside (
            shard smallint not null,
            position bigint not null references outbox on delete cascade,
            blocked_until timestamptz,
            primary key (shard, position)
        ) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);
        create index outbox_aside_position on outbox_aside (position);
        create index outbox_aside_blocked on outbox_aside (shard) where blocked_until is not null;
        insert into outbox_aside (shard, position, blocked_until) select p.shard, position, p.blocked_until
        from outbox_pending p join outbox o using (position);
        drop table outbox_pending;
        drop table outbox_published;
        create view outbox_waiting as
            select o.topic, o.shard, o.sequence, o.position, null::timestamptz as blocked_until
            from outbox_sequence s
            left join outbox_progress p on p.shard = s.shard and p.topic = s.topic
            join outbox o on o.topic = s.topic and o.shard = s.shard and o.sequence > coalesce(p.published, 0) and not o.put_off
            where s.last > coalesce(p.published, 0)
            union all
            select o.topic, o.shard, o.sequence, o.position, a.blocked_until
            from outbox_aside a join outbox o on o.position = a.position;
        """

    /// Where large messages stand among a topic's shard's, so that a relay knows how far it may read without reckoning up sizes.
    private static let largeMessages =
        "create index outbox_large on outbox (topic, shard, sequence) where octet_length(body) > \(RelayStatements.largeBytes)"

    /// A key is named by its digest: a raw key may be too long for an index. A record is known by its place *and* its
    /// time: a broker that has lost its log counts offsets from 0 again.
    private static let parking = """
        create table parked_key (
            topic text not null,
            key_digest bytea not null,
            rows_held integer not null default 0,
            redrive_id uuid,
            parked_at timestamptz not null default now(),
            primary key (topic, key_digest)
        );
        create table parked (
            id bigint generated always as identity primary key,
            topic text not null,
            key_digest bytea not null,
            raw_key bytea,
            partition integer not null,
            record_offset bigint not null,
            record_time timestamptz not null,
            headers jsonb not null,
            body bytea,
            is_head boolean not null,
            reason text not null,
            explanation text not null,
            attempts integer not null default 1,
            recorded_at timestamptz not null default now(),
            foreign key (topic, key_digest) references parked_key,
            unique (topic, partition, record_offset, record_time)
        );
        create index parked_by_key on parked (topic, key_digest, id);
        """

    /// A key has a bound: what is kept under it is counted as it comes and goes, and so is what came beyond. A message is kept once under its
    /// key, wherever it is read. Whoever asked for a command learns that it waits.
    private static let boundedParking = """
        alter table parked add column message_id uuid;
        create unique index parked_by_message on parked (topic, key_digest, message_id) where message_id is not null;
        create index parked_keyless on parked (topic) where raw_key = '';
        alter table parked_key add column refused bigint not null default 0, add column dropped bigint not null default 0;
        update parked_key k
        set rows_held = (select count(*) from parked p where p.topic = k.topic and p.key_digest = k.key_digest);
        create table parked_missing (
            topic text not null,
            key_digest bytea not null,
            source text not null,
            shard smallint not null,
            lowest bigint not null,
            primary key (topic, key_digest, source, shard),
            foreign key (topic, key_digest) references parked_key on delete cascade
        );
        alter table operation add column set_aside bytea;
        """

    private static let operations = """
        create table operation (
            id uuid primary key,
            organisation text not null,
            name text not null,
            idempotency_key text not null,
            body_sha256 text not null,
            outbox_position bigint,
            outcome bytea,
            received_at timestamptz not null,
            answered_at timestamptz
        );
        create index operation_received_at on operation using brin (received_at);
        """

    /// What was asked for and is not told of here yet: the events that tell of it are counted as they are taken. Of what was asked for before
    /// nothing is waited for.
    private static let toldOperations = """
        alter table operation add column event_count integer, add column told integer not null default 0,
            add column recorded_at timestamptz not null default now();
        update operation set event_count = 0 where outcome is not null;
        create index operation_untold on operation (organisation) where outcome is null or told < event_count;
        """

    private static let audit = """
        create table audit (
            id bigint generated always as identity primary key,
            message_id uuid not null,
            type text not null,
            key text not null,
            source text not null,
            outcome text not null check (outcome in ('done', 'refused', 'discarded')),
            refusal jsonb,
            detail jsonb,
            decided_at timestamptz not null,
            recorded_at timestamptz not null default now()
        );
        """
}
