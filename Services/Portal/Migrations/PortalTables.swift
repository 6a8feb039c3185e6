import Access
import ProgrammeStore
import ServiceHost

/// The tables of `portal`: what pages and the API show of what other services tell. All of it can be built anew from their events.
enum PortalTables {
    static let migrations = [
        MigrationSet(ProgrammeMigrations.setName, ProgrammeMigrations.all.map { Migration($0.number, $0.name, sql: $0.sql) }),
        MigrationSet(AccessMigrations.setName, AccessMigrations.all.map { Migration($0.number, $0.name, sql: $0.sql) }),
        MigrationSet(
            "portal",
            [
                Migration(1, "read-models", sql: readModels), Migration(2, "cases", sql: cases), Migration(3, "readers", sql: readers),
                Migration(4, "payout-batches", sql: payoutBatches),
            ]),
    ]

    /// The disbursements of a batch.
    private static let payoutBatches = """
        create index official_case_batch on official_case (lower(snapshot->>'batchID'), seq) where kind = 'disbursement';
        """

    /// Redemptions, disbursements and payees: what concerns certain organisations, and goes through steps.
    private static let cases = """
        create table official_case (
            seq bigint generated always as identity,
            kind text not null,
            id uuid not null,
            owners uuid[] not null,
            state text not null,
            snapshot jsonb not null,
            primary key (kind, id)
        );
        create index official_case_seq on official_case (kind, seq);
        create index official_case_owners on official_case using gin (owners);
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
            told_at timestamptz not null
        );
        """

    /// Whose things are, in columns of their own: what a caller may see is decided by role, organisation and programme.
    private static let readers = """
        alter table purchase add column programme_id text;
        update purchase set programme_id = snapshot->>'programmeID';
        alter table purchase alter column programme_id set not null;
        create index purchase_programme on purchase (programme_id, seq);
        alter table official_case
            add column enterprise_id uuid, add column institution_id uuid, add column programme_id text, add column programme_version integer;
        update official_case
        set enterprise_id = (snapshot->>'enterpriseID')::uuid, institution_id = (snapshot->>'institutionID')::uuid,
            programme_id = snapshot->>'programmeID', programme_version = (snapshot->>'programmeVersion')::integer;
        alter table official_case alter column institution_id set not null, drop column owners;
        create index official_case_enterprise on official_case (enterprise_id, kind, seq);
        create index official_case_institution on official_case (institution_id, kind, seq);
        create index official_case_programme on official_case (programme_id, kind, seq);
        """

    /// `seq` gives lists an order that stays: things come in the order in which they were first told of.
    private static let readModels = """
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
        create table purchase (
            seq bigint generated always as identity,
            id uuid primary key,
            enterprise_id uuid not null,
            institution_id uuid not null,
            state text not null,
            snapshot jsonb not null
        );
        create index purchase_seq on purchase (seq);
        create index purchase_enterprise on purchase (enterprise_id, seq);
        create index purchase_institution on purchase (institution_id, seq);
        create table purchase_step (
            purchase_id uuid not null,
            version bigint not null,
            step text not null,
            from_state text,
            to_state text not null,
            reason text,
            taken_at timestamptz not null,
            primary key (purchase_id, version)
        );
        create table rehearsal_clock (
            only_one boolean primary key default true check (only_one),
            instant timestamptz not null
        );
        """
}
