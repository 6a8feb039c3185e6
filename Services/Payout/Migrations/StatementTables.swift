import ServiceHost

/// What reconciliation keeps of a statement beyond its debits, and why the newest one cannot be relied on.
enum StatementTables {
    static let migration = Migration(
        2, "statements",
        sql: """
            alter table bank_statement add column unbooked_count integer not null default 0;
            alter table bank_booking add column direction text not null default 'debit' check (direction in ('debit', 'credit')),
                add column is_return boolean not null default false;
            create table bank_statement_trouble (
                one boolean primary key default true check (one),
                is_refused boolean not null,
                since timestamptz not null,
                seen_at timestamptz not null,
                statement_id text not null,
                place text not null,
                reason_zh text not null,
                reason_en text not null
            );
            """)
}
