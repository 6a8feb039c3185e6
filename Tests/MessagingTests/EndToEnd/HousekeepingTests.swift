import Foundation
import Postgres
import TestKit
import Testing

@testable import Messaging

@Suite("Housekeeping")
struct HousekeepingTests {
    @Test("only old published messages are deleted; answered commands after a longer retention")
    func forgets() async throws {
        try await MessagingFixture.with(services: ["counter"]) { stage in
            let pool = try await stage.database("counter")
            var options = MessagingOptions.embeddedBroker
            options.outboxRetention = .seconds(3600)
            options.inboxRetention = .seconds(7200)
            try await pool.withConnection { connection in
                try await connection.script(
                    """
                    insert into outbox (message_id, topic, shard, sequence, key, type, occurred_at, body, recorded_at)
                    select gen_random_uuid(), 't', 0, n, k, 't.x.v1', now(), '', now() - age::interval
                    from (values (1, 'old', '2 hours'), (2, 'old-aside', '2 hours'), (3, 'young', '30 minutes'),
                                 (4, 'old-waiting', '2 hours')) as v(n, k, age);
                    insert into outbox_sequence (topic, shard, last) values ('t', 0, 4);
                    insert into outbox_progress (topic, shard, published) values ('t', 0, 3);
                    insert into outbox_deferred (shard, position) select 0, position from outbox where key = 'old-aside';
                    insert into inbox_command (id, outcome, recorded_at)
                    values (gen_random_uuid(), 'old', now() - interval '3 hours'), (gen_random_uuid(), 'young', now() - interval '90 minutes');
                    """)
            }
            let housekeeping = Housekeeping(
                pool: pool, options: options, counters: MessagingMetrics(service: "counter"), logger: stage.logger)
            for _ in 0..<2 { try await housekeeping.round() }
            let left = try await pool.withConnection { connection in
                (
                    try await connection.query(PostgresStatement("test.keys", "select key from outbox order by position"), []).map {
                        try $0.decode(column: 0, as: String.self)
                    },
                    try await connection.query(PostgresStatement("test.commands", "select outcome from inbox_command"), []).map {
                        String(decoding: try $0.decode(column: 0, as: [UInt8].self), as: UTF8.self)
                    }
                )
            }
            #expect(left.0 == ["old-aside", "young", "old-waiting"])
            #expect(left.1 == ["young"])
        }
    }
}
