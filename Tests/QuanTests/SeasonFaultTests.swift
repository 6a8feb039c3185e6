import Foundation
import Logging
import Postgres
import TestKit
import Testing

@testable import quan

/// Makes a database do to one message what the platform never does: drop it, double it, or keep it back for ever. It acts inside the
/// transaction that writes the message, so that nothing of the platform can notice or mend it.
private struct Meddling {
    let pool: PostgresPool

    /// Opens a service's database as an administrator.
    init(_ record: PlatformRecord, _ folder: String, database: String) throws {
        var configuration = PostgresConfiguration(
            host: record.databaseHost, port: record.databasePort, database: database, user: "postgres",
            password: try String(contentsOfFile: folder + "/secrets/postgres", encoding: .utf8))
        configuration.maximumConnections = 1
        pool = PostgresPool(configuration, logger: Logger(label: "test"))
    }

    /// What is common to all: whose turn it was. `before` and `after` are bodies of triggers on `outbox`, by which one message only is met.
    /// What a trigger changes before the message is written, whoever wrote it is told as well.
    func install(before: String = "return new;", after: String = "return null;") async throws {
        try await pool.withConnection { connection in
            try await connection.script(
                """
                create table met (kind text primary key, message_id uuid not null);
                grant all on met to public;
                create function meddle_before() returns trigger language plpgsql as $$ begin \(before) end $$;
                create function meddle_after() returns trigger language plpgsql as $$ begin \(after) end $$;
                create trigger meddle_before before insert on outbox for each row execute function meddle_before();
                create trigger meddle_after after insert on outbox for each row execute function meddle_after();
                """)
        }
    }

    /// What was met, by kind.
    func met() async throws -> [String] {
        try await pool.withConnection {
            try await $0.query(PostgresStatement("met", "select kind from met order by 1")).decode(String.self)
        }
    }

    func close() async { await pool.close(deadline: .seconds(5)) }

    /// The last event of a redemption, which says that it may be paid, goes out under the version of the one before it, and so is
    /// never heard.
    static let dropping = """
        if new.type like 'redemption.redemption-changed.%' and convert_from(new.body, 'UTF8')::jsonb ->> 'step' = 'settle'
            and convert_from(new.body, 'UTF8')::jsonb -> 'redemption' ->> 'state' = 'approved'
        then
            insert into met values ('dropped', new.message_id) on conflict do nothing;
            if found then new.version := new.version - 1; end if;
        end if;
        return new;
        """

    /// Of two orders the command of the first goes out a second time under another id. It is one of a product with vouchers enough for
    /// both: of a scarce one the second might be refused, and then nothing is doubled...
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
        insert into met values ('doubled', new.message_id) on conflict do nothing;
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

    /// ... and that of the second stays where it is.
    static let stalling = """
        if pg_trigger_depth() > 1 or new.type not like 'ordering.place-order.%' or not exists (select from met where kind = 'doubled')
        then
            return new;
        end if;
        insert into met values ('stalled', new.message_id) on conflict do nothing;
        if found then new.sequence := -new.sequence; end if;
        return new;
        """
}

extension Seasons {
    @Suite("A season with faulty messages")
    struct FaultTests {
        @Test("one message dropped, one doubled and one stalled move each counter by one, and the demonstration fails")
        func counters() async throws {
            let run = try await SeasonRun.play { record, folder in
                let portal = try Meddling(record, folder, database: "portal")
                let redemption = try Meddling(record, folder, database: "redemption")
                try await portal.install(before: Meddling.stalling, after: Meddling.doubling)
                try await redemption.install(before: Meddling.dropping)
                // Both are met while the season goes on; after its end there is no database to ask.
                try await eventually("all three messages are met", within: .seconds(300)) {
                    let met = [try await portal.met(), try await redemption.met()]
                    return met == [["doubled", "stalled"], ["dropped"]]
                }
                await portal.close()
                await redemption.close()
            }
            let report = try #require(run.report, "\(run.said.suffix(3000))")
            #expect(report.lost == 1 && report.duplicated == 1 && report.stuck == 1, "\(run.said.suffix(3000))")
            #expect(run.said.contains(/lost: redemption \S+ is approved and has no disbursement/))
            #expect(run.said.contains(/twice: order \S+ is there and was not placed/))
            #expect(run.said.contains("stuck: request 0 without an answer"))
            #expect(report.ledgerOK && report.auditOK)
            #expect(run.status == 1)
        }
    }
}
