import Access
import ProgrammeStore
import ServiceHost

/// The tables of `portal`: read models of the other services' events. All of them can be rebuilt from these events.
enum PortalTables {
    static let migrations = [
        MigrationSet(ProgrammeMigrations.setName, ProgrammeMigrations.all.map { Migration($0.number, $0.name, sql: $0.sql) }),
        MigrationSet(AccessMigrations.setName, AccessMigrations.all.map { Migration($0.number, $0.name, sql: $0.sql) }),
        MigrationSet("portal", [Migration(1, "baseline", sql: baseline)]),
    ]

    private static let baseline = [catalogue, orders, cases, clock].joined(separator: "\n")

    /// `seq` gives lists a stable order: the order in which the portal first received the rows.
    private static let catalogue = """
        create table enterprise (
            seq bigint generated always as identity,
            id uuid not null,
            programme_id text not null,
            state text not null,
            snapshot jsonb not null,
            primary key (id, programme_id)
        );
        create index enterprise_seq on enterprise (seq);
        create table institution (
            seq bigint generated always as identity,
            id uuid not null,
            programme_id text not null,
            state text not null,
            snapshot jsonb not null,
            primary key (id, programme_id)
        );
        create index institution_seq on institution (seq);
        create table product (
            seq bigint generated always as identity,
            id uuid primary key,
            programme_id text not null,
            institution_id uuid not null,
            category text not null,
            name text not null,
            state text not null,
            snapshot jsonb not null
        );
        create index product_seq on product (seq);
        create index product_category on product (programme_id, category, seq);
        """

    /// Enterprise, institution and programme have columns of their own, because read access depends on them.
    private static let orders = """
        create table order_record (
            seq bigint generated always as identity,
            id uuid primary key,
            enterprise_id uuid not null,
            institution_id uuid not null,
            programme_id text not null,
            state text not null,
            snapshot jsonb not null
        );
        create index order_record_seq on order_record (seq);
        create index order_record_enterprise on order_record (enterprise_id, seq);
        create index order_record_institution on order_record (institution_id, seq);
        create index order_record_programme on order_record (programme_id, seq);
        create table order_step (
            order_id uuid not null,
            version bigint not null,
            step text not null,
            from_state text,
            to_state text not null,
            reason text,
            taken_at timestamptz not null,
            primary key (order_id, version)
        );
        """

    /// A case is a redemption, a disbursement or a payee. The index `case_record_batch` finds the disbursements of a batch.
    private static let cases = """
        create table case_record (
            seq bigint generated always as identity,
            kind text not null,
            id uuid not null,
            enterprise_id uuid,
            institution_id uuid not null,
            programme_id text,
            programme_version integer,
            state text not null,
            snapshot jsonb not null,
            primary key (kind, id)
        );
        create index case_record_seq on case_record (kind, seq);
        create index case_record_enterprise on case_record (enterprise_id, kind, seq);
        create index case_record_institution on case_record (institution_id, kind, seq);
        create index case_record_programme on case_record (programme_id, kind, seq);
        create index case_record_batch on case_record (lower(snapshot->>'batchID'), seq) where kind = 'disbursement';
        create table case_step (
            kind text not null,
            id uuid not null,
            version bigint not null,
            step text not null,
            from_state text,
            to_state text not null,
            reason text,
            taken_at timestamptz not null,
            primary key (kind, id, version)
        );
        create table sealing_key (
            key_id text primary key,
            public_key bytea not null,
            published_at timestamptz not null
        );
        """

    private static let clock = """
        create table rehearsal_clock (
            is_only boolean primary key default true check (is_only),
            instant timestamptz not null
        );
        """
}
