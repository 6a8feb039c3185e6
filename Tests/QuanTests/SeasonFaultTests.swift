import Foundation
import Logging
import Postgres
import TestKit
import Testing

@testable import Operations
@testable import QuanDemo

/// Drops, duplicates or withholds one message by a trigger in a service's database. The trigger runs in the transaction that writes the
/// message, so that the platform can neither detect nor repair the fault.
private struct OutboxTampering {
    let pool: PostgresPool

    /// Connects to a service's database as an administrator.
    init(_ record: PlatformRecord, _ folder: String, database: String) throws {
        var configuration = PostgresConfiguration(
            host: record.databaseHost, port: record.databasePort, database: database, user: "postgres",
            password: try String(contentsOfFile: folder + "/secrets/postgres", encoding: .utf8))
        configuration.maximumConnections = 1
        pool = PostgresPool(configuration, logger: Logger(label: "test"))
    }

    /// Installs triggers on `outbox` with the bodies `before` and `after`, which affect one message of a kind and record it in `tampered`.
    /// The service that writes the message sees the changes of `before`.
    func install(before: String = "return new;", after: String = "return null;") async throws {
        try await pool.withConnection { connection in
            try await connection.script(
                """
                create table tampered (kind text primary key, message_id uuid not null);
                grant all on tampered to public;
                create function tamper_before() returns trigger language plpgsql as $$ begin \(before) end $$;
                create function tamper_after() returns trigger language plpgsql as $$ begin \(after) end $$;
                create trigger tamper_before before insert on outbox for each row execute function tamper_before();
                create trigger tamper_after after insert on outbox for each row execute function tamper_after();
                """)
        }
    }

    /// The kinds of the affected messages.
    func tampered() async throws -> [String] {
        try await pool.withConnection {
            try await $0.query(PostgresStatement("tampered", "select kind from tampered order by 1")).decode(String.self)
        }
    }

    func close() async { await pool.close(deadline: .seconds(5)) }

    /// Gives the last event of a redemption, which approves the payment, the version of the event before it, so that it is ignored.
    static let dropping = """
        if new.type like 'redemption.redemption-changed.%' and convert_from(new.body, 'UTF8')::jsonb ->> 'step' = 'settle'
            and convert_from(new.body, 'UTF8')::jsonb -> 'redemption' ->> 'state' = 'approved'
        then
            insert into tampered values ('dropped', new.message_id) on conflict do nothing;
            if found then new.version := new.version - 1; end if;
        end if;
        return new;
        """

    /// Publishes the command of a first order again with another id. The product must have enough vouchers: for a scarce product the second
    /// order might be refused and not be duplicated.
    static let doubling = """
        if new.sequence < 0 then
            update outbox_sequence set last = last - 1 where topic = new.topic and shard = new.shard;
        end if;
        if pg_trigger_depth() > 1 or new.type not like 'ordering.place-order.%' or not exists (
            select from product where id = (convert_from(new.body, 'UTF8')::jsonb ->> 'productID')::uuid
                and (snapshot ->> 'stockVouchers')::bigint >= 20)
        then
            return null;
        end if;
        insert into tampered values ('doubled', new.message_id) on conflict do nothing;
        if found then
            with given as (
                update outbox_sequence set last = last + 1 where topic = new.topic and shard = new.shard returning last)
            insert into outbox (message_id, topic, shard, sequence, key, version, type, occurred_at, cause, traceparent, token, body)
            select gen_random_uuid(), new.topic, new.shard, last, new.key, new.version, new.type, new.occurred_at, new.cause,
                   new.traceparent, new.token, new.body
            from given;
        end if;
        return null;
        """

    /// Withholds the command of the next order.
    static let stalling = """
        if pg_trigger_depth() > 1 or new.type not like 'ordering.place-order.%' or not exists (select from tampered where kind = 'doubled')
        then
            return new;
        end if;
        insert into tampered values ('stalled', new.message_id) on conflict do nothing;
        if found then new.sequence := -new.sequence; end if;
        return new;
        """
}

extension Seasons {
    @Suite("A season with lost, duplicated and withheld messages")
    struct FaultTests {
        @Test("one dropped, one duplicated and one withheld message each count once, and the demonstration fails")
        func counters() async throws {
            let run = try await SeasonRun.run { record, folder in
                let portal = try OutboxTampering(record, folder, database: "portal")
                let redemption = try OutboxTampering(record, folder, database: "redemption")
                try await portal.install(before: OutboxTampering.stalling, after: OutboxTampering.doubling)
                try await redemption.install(before: OutboxTampering.dropping)
                // The triggers must have fired before the end of the season, after which the databases are gone.
                try await eventually("all three messages are tampered with", within: .seconds(300)) {
                    let tampered = [try await portal.tampered(), try await redemption.tampered()]
                    return tampered == [["doubled", "stalled"], ["dropped"]]
                }
                await portal.close()
                await redemption.close()
            }
            let report = try #require(run.report, "\(run.output.suffix(3000))")
            #expect(report.lost == 1 && report.duplicated == 1 && report.stuck == 1, "\(run.output.suffix(3000))")
            #expect(run.output.contains(/lost: redemption \S+ is approved and has no disbursement/))
            #expect(run.output.contains(/duplicated: order \S+ is stored but was not placed/))
            #expect(run.output.contains("stuck: request 0 without an answer"))
            #expect(report.ledgerOK && report.auditOK)
            #expect(run.status == 1)
        }
    }
}
