import Access
import ProgrammeStore
import ServiceHost

/// The tables of `redemption`.
enum RedemptionTables {
    /// The tables of the libraries it uses, and its own.
    static let all = [
        MigrationSet(ProgrammeMigrations.setName, ProgrammeMigrations.all.map { Migration($0.number, $0.name, sql: $0.sql) }),
        MigrationSet(AccessMigrations.setName, AccessMigrations.all.map { Migration($0.number, $0.name, sql: $0.sql) }),
        MigrationSet("redemption", [Migration(1, "baseline", sql: [redemptions, uses].joined(separator: "\n"))]),
    ]

    /// `body` holds the redemption as the domain reads it. The other columns are for operators, and for the constraints that no code may
    /// break: the amount is at most the calculation, and the payable amount is the approved amount, to the fen.
    private static let redemptions = """
        create table redemption (
            order_id uuid primary key,
            programme_id text not null,
            institution_id uuid not null,
            state text not null,
            calculated_fen bigint,
            amount_fen bigint check (amount_fen > 0 and amount_fen <= calculated_fen),
            payable_fen bigint check (payable_fen = amount_fen),
            settlement_step text,
            settlement_sent_at timestamptz,
            settled_at timestamptz,
            body jsonb not null
        ) with (fillfactor = 70);
        create index redemption_unsettled on redemption (order_id) where settlement_step is not null and settled_at is null;
        """

    /// Which redemption uses an invoice, a file or a receipt. Each of them may be used by one redemption only (docs/decisions/0079).
    private static let uses = """
        create table invoice_use (
            code text not null,
            number text not null,
            order_id uuid not null references redemption,
            primary key (code, number)
        );
        create index invoice_use_of_order on invoice_use (order_id);
        create table file_use (
            file text primary key,
            order_id uuid not null references redemption,
            is_kept boolean not null default false
        );
        create index file_use_unkept on file_use (file) where not is_kept;
        create table receipt_use (
            number text not null,
            paid_on text not null,
            amount_fen bigint not null,
            payer text not null,
            payee text not null,
            order_id uuid not null references redemption
        );
        create unique index receipt_use_number on receipt_use (number) where number <> '';
        create index receipt_use_alike on receipt_use (paid_on, amount_fen, payer, payee);
        create index receipt_use_of_order on receipt_use (order_id);
        """
}
