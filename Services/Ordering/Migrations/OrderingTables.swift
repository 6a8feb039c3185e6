import Access
import ProgrammeStore
import ServiceHost

/// The tables of `ordering`.
enum OrderingTables {
    /// The tables of the libraries it uses, and its own.
    static let all = [
        MigrationSet(ProgrammeMigrations.setName, ProgrammeMigrations.all.map { Migration($0.number, $0.name, sql: $0.sql) }),
        MigrationSet(AccessMigrations.setName, AccessMigrations.all.map { Migration($0.number, $0.name, sql: $0.sql) }),
        MigrationSet("ordering", [Migration(1, "baseline", sql: [copies, orders, ledger].joined(separator: "\n"))]),
    ]

    /// Copies of other services' data. `checked_at` is the time of the copied event; of a redemption only the state is kept. Credit codes
    /// show whether enterprise and institution of an order are the same organisation (QUAN-31).
    private static let copies = """
        create table enterprise_copy (
            enterprise_id uuid not null,
            programme_id text not null,
            name text not null,
            credit_code text not null,
            state text not null,
            size_class text not null,
            tier text,
            checked_at timestamptz not null,
            primary key (enterprise_id, programme_id)
        ) with (fillfactor = 80);
        create table institution_copy (
            institution_id uuid not null,
            programme_id text not null,
            name text not null,
            is_admitted boolean not null,
            checked_at timestamptz not null,
            credit_code text,
            primary key (institution_id, programme_id)
        );
        create table product_copy (
            product_id uuid primary key,
            programme_id text not null,
            institution_id uuid not null,
            name text not null,
            category text not null,
            service text,
            guide_low_fen bigint not null,
            guide_high_fen bigint not null,
            stock_vouchers bigint not null,
            state text not null,
            checked_at timestamptz not null
        );
        create table redemption_copy (
            order_id uuid primary key,
            state text not null
        ) with (fillfactor = 80);
        """

    /// `held_fen` repeats what the order holds, so that the ledger check can compare it with the transfers. With `orders_first_placed` the
    /// first order of an enterprise for a product is one index entry.
    private static let orders = """
        create table orders (
            id uuid primary key,
            number text not null,
            programme_id text not null,
            programme_version integer not null,
            city text not null,
            enterprise_id uuid not null,
            enterprise_name text not null,
            tier text not null,
            institution_id uuid not null,
            institution_name text not null,
            product_id uuid not null,
            product_name text not null,
            category text not null,
            service text,
            guide_low_fen bigint not null,
            guide_high_fen bigint not null,
            contact text not null,
            placed_at timestamptz not null,
            voucher_fen bigint not null check (voucher_fen > 0),
            held_fen bigint not null check (held_fen >= 0),
            state text not null,
            progress jsonb not null
        ) with (fillfactor = 70);
        create index orders_first_placed on orders (enterprise_id, product_id, placed_at);
        """

    /// The constraints enforce double entry: drawn is pending + posted + forfeited, and no side is negative. The limit is no constraint,
    /// because lowering it later freezes the account but must not make it invalid.
    private static let ledger = """
        create table account (
            key text primary key,
            cap text not null,
            unit text not null,
            limit_amount bigint not null,
            drawn bigint not null,
            pending bigint not null check (pending >= 0),
            posted bigint not null check (posted >= 0),
            forfeited bigint not null check (forfeited >= 0),
            version bigint not null,
            check (drawn = pending + posted + forfeited)
        ) with (fillfactor = 70);
        create table transfer (
            order_id uuid not null,
            number integer not null,
            account text not null,
            account_number bigint not null,
            kind text not null,
            amount bigint not null check (amount >= 0),
            rest bigint not null check (rest >= 0),
            reservation integer check ((reservation is null) = (kind = 'reserve')),
            limit_then bigint not null,
            drawn_then bigint not null check (kind <> 'reserve' or drawn_then <= limit_then),
            message_id uuid not null,
            decided_at timestamptz not null,
            primary key (order_id, number)
        );
        """
}
