import AuditTrail
import Recovery

/// The tables of messaging, in the database of every service.
public enum MessagingMigrations {
    /// The name of the set in the table `schema_migration`.
    public static let setName = "messaging"

    /// Number, name and SQL, in order. A published migration is never edited; a change is a new migration.
    public static let all: [(number: Int, name: String, sql: String)] = [
        (1, "baseline", [outbox, relay, inbox, RecoveryTables.watermarks, parking, operations, AuditTrail.tables].joined(separator: "\n"))
    ]

    /// A message's row is never changed, except that its token is deleted. Its number in the sequence of its topic's shard is given when it is
    /// written (`docs/decisions/0061`); `outbox_progress` is the last published number of each (`docs/decisions/0064`).
    ///
    /// `outbox_deferred` lists the messages that are published out of turn: deferred ones, those of keys that Kafka rejected, and republished
    /// ones. `outbox_large` marks large messages, so that a claim bounds its bytes without adding up sizes.
    private static let outbox = """
        create table outbox (
            position bigint generated always as identity primary key,
            message_id uuid not null,
            topic text not null,
            shard smallint not null,
            sequence bigint not null,
            is_deferred boolean not null default false,
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
        create unique index outbox_by_number on outbox (topic, shard, sequence);
        create index outbox_large on outbox (topic, shard, sequence) where octet_length(body) > \(RelayStatements.largeBytes);
        create index outbox_recorded_at on outbox using brin (recorded_at);
        create table outbox_stream (
            topic text not null,
            key text not null,
            version bigint not null check (version > 0),
            primary key (topic, key)
        ) with (fillfactor = 70);
        create table outbox_sequence (
            shard smallint not null,
            topic text not null,
            last bigint not null,
            primary key (shard, topic)
        ) with (fillfactor = 50);
        create table outbox_progress (
            shard smallint not null,
            topic text not null,
            published bigint not null,
            primary key (shard, topic)
        ) with (fillfactor = 50);
        create table outbox_deferred (
            shard smallint not null,
            position bigint not null references outbox on delete cascade,
            blocked_until timestamptz,
            primary key (shard, position)
        ) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);
        create index outbox_deferred_position on outbox_deferred (position);
        create index outbox_deferred_blocked on outbox_deferred (shard) where blocked_until is not null;
        create view outbox_waiting as
            select o.topic, o.shard, o.sequence, o.position, null::timestamptz as blocked_until
            from outbox_sequence s
            left join outbox_progress p on p.shard = s.shard and p.topic = s.topic
            join outbox o on o.topic = s.topic and o.shard = s.shard and o.sequence > coalesce(p.published, 0) and not o.is_deferred
            where s.last > coalesce(p.published, 0)
            union all
            select o.topic, o.shard, o.sequence, o.position, d.blocked_until
            from outbox_deferred d join outbox o on o.position = d.position;
        """

    /// Each shard is leased to one relay instance at a time.
    private static let relay = """
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

    /// `inbox_command` holds the handled commands with their answers; the answer is null while it is deferred, and `inbox_deferred_reply`
    /// then says where it goes. `inbox_stream` is the last applied version of each key; `inbox_held` holds events whose predecessors are missing.
    ///
    /// The index of held events is partial, because a statement without its condition then cannot use it: to a server that takes the table for empty
    /// all indexes cost the same, and it could look up a stream in this one.
    private static let inbox = """
        create table inbox_command (
            id uuid primary key,
            outcome bytea,
            recorded_at timestamptz not null default now()
        );
        create index inbox_command_recorded_at on inbox_command using brin (recorded_at);
        create table inbox_deferred_reply (
            command_id uuid primary key references inbox_command,
            type text not null,
            key text not null,
            source text not null,
            traceparent text,
            is_awaited boolean not null,
            recorded_at timestamptz not null default now()
        );
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
        create index inbox_held_by_place on inbox_held (source, topic, shard, sequence) where sequence is not null;
        """

    /// A key is identified by its digest, because a raw key may be too long for an index. A record is identified by its position and its time: a
    /// broker that lost its log counts offsets from 0 again. `parked_key` counts the rows of a key, and the messages refused and dropped beyond
    /// its bound; `parked_missing` is from which number the dropped messages are requested again.
    private static let parking = """
        create table parked_key (
            topic text not null,
            key_digest bytea not null,
            rows_held integer not null default 0,
            refused bigint not null default 0,
            dropped bigint not null default 0,
            redrive_id uuid,
            parked_at timestamptz not null default now(),
            primary key (topic, key_digest)
        );
        create table parked (
            id bigint generated always as identity primary key,
            topic text not null,
            key_digest bytea not null,
            raw_key bytea,
            message_id uuid,
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
        create unique index parked_by_message on parked (topic, key_digest, message_id) where message_id is not null;
        create table parked_missing (
            topic text not null,
            key_digest bytea not null,
            source text not null,
            shard smallint not null,
            lowest bigint not null,
            primary key (topic, key_digest, source, shard),
            foreign key (topic, key_digest) references parked_key on delete cascade
        );
        """

    /// The commands accepted from API callers. `event_count` is how many events the command caused, `applied_events` how many of them are applied
    /// here (read-your-writes).
    private static let operations = """
        create table operation (
            id uuid primary key,
            organisation text not null,
            name text not null,
            idempotency_key text not null,
            body_sha256 text not null,
            outbox_position bigint,
            outcome bytea,
            parked_note bytea,
            event_count integer,
            applied_events integer not null default 0,
            received_at timestamptz not null,
            answered_at timestamptz,
            recorded_at timestamptz not null default now()
        );
        create index operation_received_at on operation using brin (received_at);
        create index operation_unapplied on operation (organisation) where outcome is null or applied_events < event_count;
        """
}
