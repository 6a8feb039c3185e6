import Postgres

/// The statements of the service's own tables.
enum OrderStatements {
    static let enterprises = PostgresStatement(
        "ordering.enterprises",
        """
        select enterprise_id, programme_id, name, credit_code, state, size_class, tier, checked_at
        from enterprise_copy where enterprise_id = any($1::uuid[]) order by enterprise_id, programme_id for update
        """)

    static let products = PostgresStatement(
        "ordering.products",
        """
        select product_id, programme_id, institution_id, name, category, service, guide_low_fen, guide_high_fen, stock_vouchers, state,
               checked_at
        from product_copy where product_id = any($1::uuid[])
        """)

    static let institutions = PostgresStatement(
        "ordering.institutions",
        """
        select institution_id, programme_id, name, credit_code, is_admitted, checked_at
        from institution_copy where institution_id = any($1::uuid[])
        """)

    /// Reads one entry of the index `orders_first_placed` per pair.
    static let firstPlaced = PostgresStatement(
        "ordering.first-placed",
        """
        select w.enterprise_id, w.product_id, f.placed_at
        from unnest($1::uuid[], $2::uuid[]) as w(enterprise_id, product_id)
        cross join lateral (
            select o.placed_at from orders o where o.enterprise_id = w.enterprise_id and o.product_id = w.product_id
            order by o.placed_at limit 1
        ) f
        """)

    /// The time of the first order for the product is read each time, because an order that arrived later may have been placed earlier.
    static let orders = PostgresStatement(
        "ordering.orders",
        """
        select o.id, o.programme_id, o.programme_version, o.city, o.enterprise_id, o.enterprise_name, o.tier, o.institution_id,
               o.institution_name, o.product_id, o.product_name, o.category, o.service, o.guide_low_fen, o.guide_high_fen, o.contact,
               o.placed_at, o.voucher_fen, o.state, o.progress,
               (select min(f.placed_at) from orders f where f.enterprise_id = o.enterprise_id and f.product_id = o.product_id),
               (select e.credit_code from enterprise_copy e
                where e.enterprise_id = o.enterprise_id and e.programme_id = o.programme_id),
               (select i.credit_code from institution_copy i
                where i.institution_id = o.institution_id and i.programme_id = o.programme_id),
               (select r.state from redemption_copy r where r.order_id = o.id)
        from orders o where o.id = any($1::uuid[]) order by o.id for update of o
        """)

    static let transfers = PostgresStatement(
        "ordering.transfers",
        """
        select order_id, number, account, account_number, kind, amount, rest, reservation, limit_then, drawn_then
        from transfer where order_id = any($1::uuid[]) order by order_id, number
        """)

    static let accounts = PostgresStatement(
        "ordering.accounts",
        """
        select key, cap, unit, limit_amount, drawn, pending, posted, forfeited, version
        from account where key = any($1::text[]) order by key collate "C" for update
        """)

    static let open = PostgresStatement(
        "ordering.open-accounts",
        """
        insert into account (key, cap, unit, limit_amount, drawn, pending, posted, forfeited, version)
        select key, cap, unit, limit_amount, 0, 0, 0, 0, 0
        from unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) as a(key, cap, unit, limit_amount) order by key collate "C"
        on conflict (key) do nothing
        """)

    static let saveAccounts = PostgresStatement(
        "ordering.save-accounts",
        """
        insert into account as a (key, cap, unit, limit_amount, drawn, pending, posted, forfeited, version)
        select * from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[],
                             $9::bigint[])
        on conflict (key) do update
        set limit_amount = excluded.limit_amount, drawn = excluded.drawn, pending = excluded.pending, posted = excluded.posted,
            forfeited = excluded.forfeited, version = excluded.version
        """)

    static let insertTransfers = PostgresStatement(
        "ordering.insert-transfers",
        """
        insert into transfer (order_id, number, account, account_number, kind, amount, rest, reservation, limit_then, drawn_then, message_id,
                              decided_at)
        select * from unnest($1::uuid[], $2::integer[], $3::text[], $4::bigint[], $5::text[], $6::bigint[], $7::bigint[], $8::integer[],
                             $9::bigint[], $10::bigint[], $11::uuid[], $12::timestamptz[])
        """)

    static let insertOrders = PostgresStatement(
        "ordering.insert-orders",
        """
        insert into orders (id, number, programme_id, programme_version, city, enterprise_id, enterprise_name, tier, institution_id,
                            institution_name, product_id, product_name, category, service, guide_low_fen, guide_high_fen, contact,
                            placed_at, voucher_fen, held_fen, state, progress)
        select * from unnest($1::uuid[], $2::text[], $3::text[], $4::integer[], $5::text[], $6::uuid[], $7::text[], $8::text[],
                             $9::uuid[], $10::text[], $11::uuid[], $12::text[], $13::text[], $14::text[], $15::bigint[], $16::bigint[],
                             $17::text[], $18::timestamptz[], $19::bigint[], $20::bigint[], $21::text[], $22::jsonb[])
        """)

    static let updateOrders = PostgresStatement(
        "ordering.update-orders",
        """
        update orders o set voucher_fen = c.voucher_fen, held_fen = c.held_fen, state = c.state, progress = c.progress
        from unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::text[], $5::jsonb[]) as c(id, voucher_fen, held_fen, state, progress)
        where o.id = c.id
        """)

    static let saveEnterprises = PostgresStatement(
        "ordering.save-enterprises",
        """
        insert into enterprise_copy (enterprise_id, programme_id, name, credit_code, state, size_class, tier, checked_at)
        select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[])
        on conflict (enterprise_id, programme_id) do update
        set name = excluded.name, credit_code = excluded.credit_code, state = excluded.state, size_class = excluded.size_class,
            tier = excluded.tier, checked_at = excluded.checked_at
        """)

    static let saveInstitutions = PostgresStatement(
        "ordering.save-institutions",
        """
        insert into institution_copy (institution_id, programme_id, name, credit_code, is_admitted, checked_at)
        select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::boolean[], $6::timestamptz[])
        on conflict (institution_id, programme_id) do update
        set name = excluded.name, credit_code = excluded.credit_code, is_admitted = excluded.is_admitted, checked_at = excluded.checked_at
        """)

    static let saveRedemptions = PostgresStatement(
        "ordering.save-redemptions",
        """
        insert into redemption_copy (order_id, state) select * from unnest($1::uuid[], $2::text[])
        on conflict (order_id) do update set state = excluded.state
        """)

    static let saveProducts = PostgresStatement(
        "ordering.save-products",
        """
        insert into product_copy (product_id, programme_id, institution_id, name, category, service, guide_low_fen, guide_high_fen,
                                  stock_vouchers, state, checked_at)
        select * from unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[],
                             $9::bigint[], $10::text[], $11::timestamptz[])
        on conflict (product_id) do update
        set programme_id = excluded.programme_id, institution_id = excluded.institution_id, name = excluded.name,
            category = excluded.category, service = excluded.service, guide_low_fen = excluded.guide_low_fen,
            guide_high_fen = excluded.guide_high_fen, stock_vouchers = excluded.stock_vouchers, state = excluded.state,
            checked_at = excluded.checked_at
        """)
}
