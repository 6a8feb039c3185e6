import Postgres

/// The statements of `redemption`.
enum RedemptionStatements {
    static let lock = PostgresStatement(
        "redemption.lock", "select body from redemption where order_id = any($1::uuid[]) order by order_id for update")

    static let insert = PostgresStatement(
        "redemption.insert",
        """
        insert into redemption (
            order_id, programme_id, institution_id, state, calculated_fen, amount_fen, payable_fen, settles, settled_at, body)
        select * from unnest(
            $1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[], $9::timestamptz[],
            $10::jsonb[])
        """)

    static let update = PostgresStatement(
        "redemption.update",
        """
        update redemption set
            programme_id = new.programme_id, institution_id = new.institution_id, state = new.state, calculated_fen = new.calculated_fen,
            amount_fen = new.amount_fen, payable_fen = new.payable_fen, settles = new.settles,
            asked_at = case when new.settles is null then null else coalesce(redemption.asked_at, now()) end,
            settled_at = new.settled_at, body = new.body
        from unnest(
            $1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[], $9::timestamptz[],
            $10::jsonb[])
            as new (
                order_id, programme_id, institution_id, state, calculated_fen, amount_fen, payable_fen, settles, settled_at, body)
        where redemption.order_id = new.order_id
        """)

    static let invoices = PostgresStatement(
        "redemption.invoices",
        """
        select code, number, order_id from invoice_use
        where (code, number) in (select * from unnest($1::text[], $2::text[])) or order_id = any($3::uuid[])
        order by code, number for update
        """)

    static let freeInvoices = PostgresStatement("redemption.freeInvoices", "delete from invoice_use where order_id = any($1::uuid[])")

    static let useInvoices = PostgresStatement(
        "redemption.useInvoices",
        "insert into invoice_use (code, number, order_id) select * from unnest($1::text[], $2::text[], $3::uuid[])")

    static let papers = PostgresStatement(
        "redemption.papers", "select distinct file, order_id from paper_use where file = any($1::text[])")

    static let usePapers = PostgresStatement(
        "redemption.usePapers",
        """
        insert into paper_use (file, order_id, document) select * from unnest($1::text[], $2::uuid[], $3::text[])
        on conflict do nothing
        """)
}
