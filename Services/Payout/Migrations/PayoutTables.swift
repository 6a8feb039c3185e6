import ServiceHost

/// The tables of `payout`.
enum PayoutTables {
    static let all = MigrationSet("payout", [Migration(1, "baseline", sql: sql)])

    /// All tables as one script, for tests.
    static let sql = [payments, bank].joined(separator: "\n")

    /// The index `instruction_one_open` enforces that there is no new attempt before the last one is finally rejected. A writer of an
    /// instruction must hold the lock of its disbursement. The account of a disbursement is copied into it when it is batched (IN-54), and
    /// each of its refunds is an element of `refunds_fen`.
    private static let payments = """
        create table prerequisite (
            order_id uuid primary key,
            programme_id text,
            programme_version integer,
            institution_id uuid,
            institution_name text,
            redemption_state text,
            amount_fen bigint
        );
        create table payee (
            institution_id uuid primary key,
            account_name text not null,
            bank_code text not null check (bank_code ~ '^[0-9]{12}$'),
            masked_account text not null,
            encrypted_account bytea not null,
            changed_at timestamptz not null,
            fingerprint text not null
        );
        create table registered_name (
            institution_id uuid not null,
            programme_id text not null,
            name text not null,
            is_admitted boolean not null,
            primary key (institution_id, programme_id)
        );
        create table disbursement (
            id uuid primary key,
            order_id uuid not null unique,
            programme_id text not null,
            programme_version integer not null,
            institution_id uuid not null,
            institution_name text not null,
            amount_fen bigint not null check (amount_fen > 0),
            state text not null,
            batch_id uuid,
            taken_by jsonb not null,
            attempt integer not null check (attempt >= 0),
            bank_reference text,
            owed_fen bigint not null check (owed_fen between 0 and amount_fen),
            returned_fen bigint not null check (returned_fen between 0 and owed_fen),
            alarm text,
            changed_at timestamptz not null,
            account_name text,
            bank_code text,
            masked_account text,
            encrypted_account bytea,
            account_fingerprint text,
            payee_proposed_by text,
            refunds_fen bigint[] not null
        );
        create index disbursement_batch on disbursement (batch_id);
        create index disbursement_state on disbursement (programme_id, state);
        create table instruction (
            id uuid primary key,
            disbursement_id uuid not null references disbursement,
            attempt integer not null check (attempt > 0),
            amount_fen bigint not null check (amount_fen > 0),
            institution_id uuid not null,
            account_name text not null,
            bank_code text not null,
            masked_account text not null,
            encrypted_account bytea not null,
            state text not null check (state in ('to-send', 'sending', 'unknown', 'pending', 'booked', 'rejected')),
            bank_reference text,
            reason text,
            sent_at timestamptz,
            is_unknown_to_bank boolean not null,
            next_action_at timestamptz not null default clock_timestamp(),
            exchange_count integer not null default 0,
            final_at timestamptz,
            unique (disbursement_id, attempt)
        );
        create unique index instruction_one_open on instruction (disbursement_id) where state <> 'rejected';
        create index instruction_next_action on instruction (next_action_at) where state not in ('booked', 'rejected');
        create table receipt (
            bank_reference text primary key,
            disbursement_id uuid not null references disbursement,
            amount_fen bigint not null check (amount_fen > 0),
            received_at timestamptz not null
        );
        """

    /// The key that others seal account numbers with, the position in the bank's list of answers, and the bank's newest statement.
    private static let bank = """
        create table sealing_key (key_id text primary key, published_at timestamptz not null);
        create table bank_feed (name text primary key, position bigint not null check (position >= 0));
        insert into bank_feed values ('answers', 0);
        create table bank_statement (
            is_only boolean primary key default true check (is_only),
            fetched_at timestamptz not null,
            findings jsonb,
            unbooked_count integer not null
        );
        create table bank_booking (
            reference text not null,
            end_to_end_id text not null,
            amount_fen bigint not null,
            booked_at timestamptz not null,
            direction text not null check (direction in ('debit', 'credit')),
            is_return boolean not null
        );
        create table bank_statement_failure (
            is_only boolean primary key default true check (is_only),
            is_refused boolean not null,
            failed_since timestamptz not null,
            last_failed_at timestamptz not null,
            statement_id text not null,
            place text not null,
            reason_zh text not null,
            reason_en text not null
        );
        """
}
