/// The tables of the audit trail's seals.
enum AuditTables {
    /// `audit_seal` is the chain: each row seals a group of committed rows of `audit`, in the order of their ids. `audit_sealer` stores the
    /// id up to which no further row can be committed, and the head published last. `audit_head` stores the heads of other services.
    static let seals = """
        create table audit_seal (
            number bigint primary key check (number > 0),
            audit_ids bigint[] not null,
            highest_id bigint not null,
            row_hashes bytea not null check (octet_length(row_hashes) = 32 * cardinality(audit_ids)),
            hash bytea not null check (octet_length(hash) = 32),
            sealed_at timestamptz not null default now()
        );
        create index audit_seal_highest on audit_seal (highest_id);
        create table audit_sealer (
            only_one boolean primary key default true check (only_one),
            settled_id bigint not null default 0,
            candidate_id bigint not null default 0,
            candidate_xmax xid8 not null default '0',
            published_number bigint not null default 0,
            published_at timestamptz not null default now()
        );
        insert into audit_sealer default values;
        create table audit_head (
            source text not null,
            number bigint not null,
            hash text not null,
            stored_at timestamptz not null default now(),
            primary key (source, number)
        );
        """
}
