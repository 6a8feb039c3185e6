import ServiceHost

/// The tables of `catalogue`.
enum CatalogueTables {
    static let migrations = MigrationSet("catalogue", [Migration(1, "baseline", sql: institution + "\n" + product)])

    /// All tables as one script, for tests.
    static let sql = migrations.migrations.map(\.sql).joined(separator: ";\n")

    private static let institution = """
        create table institution (
            programme_id text not null,
            id uuid not null,
            name text not null,
            credit_code text not null,
            standing text not null check (standing in ('admitted', 'removed')),
            application_state text not null,
            changed_at timestamptz not null default clock_timestamp(),
            primary key (programme_id, id),
            unique (programme_id, credit_code)
        );
        """

    private static let product = """
        create table product (
            id uuid primary key,
            programme_id text not null,
            programme_version integer not null,
            institution_id uuid not null,
            name text not null,
            category text not null,
            service text,
            guide_low_fen bigint not null check (guide_low_fen > 0),
            guide_high_fen bigint not null check (guide_high_fen >= guide_low_fen),
            stock_vouchers bigint not null check (stock_vouchers > 0),
            state text not null,
            changed_at timestamptz not null default clock_timestamp(),
            foreign key (programme_id, institution_id) references institution,
            foreign key (programme_id, programme_version) references programme_version
        );
        create index product_institution on product (programme_id, institution_id)
        """
}
