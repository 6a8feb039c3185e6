import Access
import ProgrammeStore
import ServiceHost

/// The tables of `identity`.
enum IdentityTables {
    /// In the order in which they are created.
    static let all: [MigrationSet] = [
        MigrationSet(AccessMigrations.setName, AccessMigrations.all.map { Migration($0.number, $0.name, sql: $0.sql) }),
        MigrationSet(ProgrammeMigrations.setName, ProgrammeMigrations.all.map { Migration($0.number, $0.name, sql: $0.sql) }),
        MigrationSet("identity", [Migration(1, "baseline", sql: registration + "\n" + signingKey)]),
    ]

    /// All tables as one script, for tests.
    static var script: String { all.flatMap(\.migrations).map(\.sql).joined(separator: ";\n") }

    /// The unique constraint guards the rule "one registration per credit code and programme". It should never fail, because handlers lock
    /// the credit code and refuse a second registration first.
    private static let registration = """
        create table registration (
            enterprise_id uuid not null,
            programme_id text not null,
            programme_version integer not null check (programme_version > 0),
            credit_code text not null,
            particulars jsonb not null,
            state text not null,
            tier text,
            quota_fen bigint check (quota_fen >= 0),
            refusals jsonb not null,
            appeal jsonb,
            primary key (enterprise_id, programme_id),
            constraint one_registration_a_credit_code unique (programme_id, credit_code)
        );
        create index registration_credit_code on registration (credit_code);
        create table credit_record (
            credit_code text primary key,
            standing jsonb not null,
            recorded_at timestamptz not null
        );
        """

    /// `private_key` is null once the key is revoked, because a revoked key no longer signs.
    private static let signingKey = """
        create table signing_key (
            key_id text primary key,
            public_key bytea not null,
            private_key bytea,
            is_sealed boolean not null,
            signs_from timestamptz not null,
            revoked_at timestamptz,
            check ((private_key is null) = (revoked_at is not null))
        );
        """
}
