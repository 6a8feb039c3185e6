import Postgres

/// The statements of `redemption`.
enum RedemptionStatements {
    static let lock = PostgresStatement(
        "redemption.lock", "select body from redemption where order_id = any($1::uuid[]) order by order_id for update")

    static let insert = PostgresStatement(
        "redemption.insert",
        """
        insert into redemption (
            order_id, programme_id, institution_id, state, calculated_fen, amount_fen, payable_fen, settlement_step, settled_at, body)
        select * from unnest(
            $1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[], $9::timestamptz[],
            $10::jsonb[])
        """)

    static let update = PostgresStatement(
        "redemption.update",
        """
        update redemption set
            programme_id = new.programme_id, institution_id = new.institution_id, state = new.state, calculated_fen = new.calculated_fen,
            amount_fen = new.amount_fen, payable_fen = new.payable_fen, settlement_step = new.settlement_step,
            settlement_sent_at = case when new.settlement_step is null then null else coalesce(redemption.settlement_sent_at, now()) end,
            settled_at = new.settled_at, body = new.body
        from unnest(
            $1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[], $9::timestamptz[],
            $10::jsonb[])
            as new (
                order_id, programme_id, institution_id, state, calculated_fen, amount_fen, payable_fen, settlement_step, settled_at, body)
        where redemption.order_id = new.order_id
        """)

    static let invoices = PostgresStatement(
        "redemption.invoices",
        """
        select code, number, order_id from invoice_use
        where (code, number) in (select * from unnest($1::text[], $2::text[])) or order_id = any($3::uuid[])
        order by code, number for update
        """)

    static let deleteInvoices = PostgresStatement("redemption.deleteInvoices", "delete from invoice_use where order_id = any($1::uuid[])")

    static let insertInvoices = PostgresStatement(
        "redemption.insertInvoices",
        "insert into invoice_use (code, number, order_id) select * from unnest($1::text[], $2::text[], $3::uuid[])")

    static let receipts = PostgresStatement(
        "redemption.receipts",
        """
        select number, paid_on, amount_fen, payer, payee, order_id from receipt_use where number <> '' and number = any($1::text[])
        union
        select number, paid_on, amount_fen, payer, payee, order_id
        from receipt_use join unnest($2::text[], $3::bigint[], $4::text[], $5::text[]) as given (paid_on, amount_fen, payer, payee)
            using (paid_on, amount_fen, payer, payee)
        """)

    static let deleteReceipts = PostgresStatement("redemption.deleteReceipts", "delete from receipt_use where order_id = any($1::uuid[])")

    static let insertReceipts = PostgresStatement(
        "redemption.insertReceipts",
        """
        insert into receipt_use (number, paid_on, amount_fen, payer, payee, order_id)
        select * from unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::uuid[])
        """)

    static let files = PostgresStatement("redemption.files", "select file, order_id from file_use where file = any($1::text[])")

    static let insertFiles = PostgresStatement(
        "redemption.insertFiles", "insert into file_use (file, order_id) select * from unnest($1::text[], $2::uuid[])")

    static let filesToMark = PostgresStatement(
        "redemption.filesToMark", "select file, order_id from file_use where not is_kept order by file limit $1")

    static let markFiles = PostgresStatement("redemption.markFiles", "update file_use set is_kept = true where file = any($1::text[])")
}
