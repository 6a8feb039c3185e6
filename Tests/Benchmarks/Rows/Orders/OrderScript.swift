/// One order as one transaction for pgbench: the reads and writes of the service's batches, one statement for each kind of row. It neither
/// verifies the token nor evaluates rules.
enum OrderScript {
    static let reset = """
        truncate orders, transfer, account, inbox_deferred_reply, inbox_command, audit, outbox, outbox_deferred, outbox_stream;
        checkpoint;
        """

    static func transaction(enterprises: Int, products: Int) -> String {
        """
        \\set n random(0, \(enterprises - 1))
        \\set p random(0, \(products - 1))
        \\set o random(1, 281474976710655)
        \\set refused random(1, 10)
        begin;
        select outcome from inbox_command where id = \(id("0000000a", ":o"));
        select w.topic from (select 'ordering.commands' as topic, sha256(\(id("0000000e", ":n"))::text::bytea) as digest) w
            join parked_key k on k.topic = w.topic and k.key_digest = w.digest for update of k;
        select key_id, public_key, not_before, revoked_at from verification_key;
        select id, version, content_hash from programme_version;
        select enterprise_id, programme_id, name, credit_code, state, size_class, tier, checked_at from enterprise_copy
            where enterprise_id = \(id("0000000e", ":n")) order by enterprise_id, programme_id for update;
        select * from product_copy where product_id = \(id("0000000d", ":p"));
        select * from institution_copy where institution_id = \(id("0000000c", "1"));
        select min(placed_at) from orders where enterprise_id = \(id("0000000e", ":n")) and product_id = \(id("0000000d", ":p"));
        select key, cap, unit, limit_amount, drawn, pending, posted, forfeited, version from account
            where key in (\(keys.joined(separator: ", "))) order by key for update;
        \\if :refused > 1
        \(placed)
        \\endif
        \(answered)
        commit;
        """
    }

    private static func id(_ kind: String, _ number: String) -> String {
        "('\(kind)-0000-7000-8000-' || lpad(to_hex((\(number))::bigint), 12, '0'))::uuid"
    }

    private static let keys = [
        "'beijing-2026/enterprise-year/2026/0000000e-0000-7000-8000-' || lpad(to_hex((:n)::bigint), 12, '0')",
        "'beijing-2026/institution-year/2026/0000000c-0000-7000-8000-000000000001'",
        "'beijing-2026/product-stock/0000000d-0000-7000-8000-' || lpad(to_hex((:p)::bigint), 12, '0')",
        "'beijing-2026/programme-budget/2026'",
    ]

    private static var placed: String {
        let transfers = keys.enumerated().map { index, key in
            "(\(id("0000000a", ":o")), \(index + 1), \(key), 1, 'reserve', 300000, 0, null, 1000000000000, 300000, \(id("0000000a", ":o")), now())"
        }
        let accounts = keys.map { "(\($0), 'a-cap-of-four', 'fen', 1000000000000, 300000, 300000, 0, 0, 1)" }
        return """
            insert into orders (id, number, programme_id, programme_version, city, enterprise_id, enterprise_name, tier, institution_id,
                institution_name, product_id, product_name, category, service, guide_low_fen, guide_high_fen, contact, placed_at, voucher_fen,
                held_fen, state, progress)
            values (\(id("0000000a", ":o")), '110000-20260520-7K3M9QX2ABCD', 'beijing-2026', 1, '110000', \(id("0000000e", ":n")),
                '北京第99999号科技有限公司', 'every-sme', \(id("0000000c", "1")), '某某服务机构', \(id("0000000d", ":p")), '大模型部署服务99',
                'llm-applications', 'llm-deployment', 100, 100000000, '王女士', now(), 300000, 300000, 'checking',
                '{"taken": {"place": 800000000.123456}, "takenBy": {"place": "person-99999"}}');
            insert into transfer (order_id, number, account, account_number, kind, amount, rest, reservation, limit_then, drawn_then, message_id,
                decided_at) values \(transfers.joined(separator: ", "));
            insert into account as a (key, cap, unit, limit_amount, drawn, pending, posted, forfeited, version)
                values \(accounts.joined(separator: ", "))
                on conflict (key) do update set drawn = a.drawn + 300000, pending = a.pending + 300000, version = a.version + 1;
            insert into outbox_stream as s (topic, key, version) values ('ordering.events', \(id("0000000a", ":o"))::text, 1)
                on conflict (topic, key) do update set version = s.version + 1;
            \(outbox([("ordering.events", 1000), ("timer.commands", 260), ("identity.commands", 190)]))
            """
    }

    private static var answered: String {
        """
        insert into inbox_command (id, outcome) values (\(id("0000000a", ":o")), convert_to(repeat('x', 380), 'UTF8'));
        insert into audit (message_id, type, key, source, outcome, detail, decided_at)
            values (\(id("0000000a", ":o")), 'ordering.place-order.v1', \(id("0000000e", ":n"))::text, 'portal', 'done',
                jsonb_build_object('ledger', repeat('x', 600), 'programme', 'beijing-2026', 'programmeVersion', 1, 'step', 'place'), now());
        \(outbox([("replies", 380)]))
        """
    }

    private static func outbox(_ messages: [(topic: String, bytes: Int)]) -> String {
        let rows = messages.map { topic, bytes in
            "(gen_random_uuid(), '\(topic)', 3::smallint, nextval('outbox_position_seq'), \(id("0000000a", ":o"))::text, 1, 'ordering.order-changed.v1', now(), "
                + "\(id("0000000a", ":o")), '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', convert_to(repeat('x', \(bytes)), 'UTF8'))"
        }
        return """
            insert into outbox (message_id, topic, shard, sequence, key, version, type, occurred_at, cause, traceparent, body)
            values \(rows.joined(separator: ", "));
            """
    }
}
