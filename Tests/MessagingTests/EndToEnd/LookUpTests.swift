import Foundation
import Kafka
import Kernel
import Messages
import Postgres
import Recovery
import TestKit
import Testing
import Toys

@testable import Messaging

/// The number of rows that a statement reads must not depend on outdated table statistics.
///
/// Queue tables are empty most of the time. A server that analysed one then still plans for an empty table when tens of thousands of rows
/// are queued, and a join would scan all of them for each row.
@Suite("Lookups in queue tables")
struct LookUpTests {
    private static let waiting: Int64 = 5000

    /// A service's tables with many rows in `table`, which the server analysed when it was empty.
    private static func with(
        _ table: String, filledBy fill: String, _ body: (PostgresPool) async throws -> Void
    ) async throws {
        try await MessagingFixture.with(services: ["counter", "asker"]) { stage in
            let database = try await stage.database("lookup", tables: CounterService.table)
            try await database.withConnection { connection in
                try await connection.script(fill)
                try await connection.script("update pg_class set reltuples = 0, relpages = 100 where relname = '\(table)'")
            }
            let byKey = database.sibling(connections: 3, settings: PostgresPlans.byKey)
            do {
                try await body(byKey)
            } catch {
                await byKey.close(deadline: .seconds(3))
                throw error
            }
            await byKey.close(deadline: .seconds(3))
        }
    }

    /// The number of rows of `table` that the steps read, in one transaction.
    private static func rowsRead(of table: String, by steps: [PostgresStep], on pool: PostgresPool) async throws -> Int64 {
        let read = PostgresStatement(
            "test.rows-read",
            "select coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) from pg_stat_xact_user_tables where relname = $1")
        return try await pool.withTransaction("look-up") { connection in
            func soFar() async throws -> Int64 { try await connection.query(read, [table]).first?.decode(column: 0, as: Int64.self) ?? 0 }
            let before = try await soFar()
            _ = try await connection.pipeline(steps)
            return try await soFar() - before
        }
    }

    private static func number(_ pool: PostgresPool, _ sql: String) async throws -> Int64 {
        let statement = PostgresStatement("test.number", sql)
        return try await pool.withConnection { try await $0.query(statement).first?.decode(column: 0, as: Int64.self) ?? 0 }
    }

    private static let outbox = """
        insert into outbox (message_id, topic, shard, sequence, key, type, occurred_at, body)
        select gen_random_uuid(), 'counter.events', n % 32, (n + 31) / 32, 'c' || n, 'counter.amount-added.v1', now(), '{}'
        from generate_series(1, \(waiting)) as n;
        insert into outbox_sequence (topic, shard, last) select topic, shard, max(sequence) from outbox group by topic, shard
        """

    private static let deferred = outbox + "; insert into outbox_deferred (shard, position) select shard, position from outbox"

    /// Makes a relay the holder of these shards.
    private static func hold(_ shards: [Int16], _ holder: UUID, _ pool: PostgresPool) async throws {
        let hold = PostgresStatement(
            "test.hold", "update relay_lease set holder = $1, expires_at = 'infinity' where shard = any($2::smallint[])")
        try await pool.withConnection { _ = try await $0.execute(hold, holder, shards) }
    }

    /// The step that claims at most 50 rows of a topic's shard.
    private static func claim(_ holder: UUID) -> PostgresStep {
        PostgresStep(RelayStatements.claim, [holder, Int64(0), Int64(50), Int64(1 << 20), String?.none, Int16(1), Int16(0)])
    }

    private static func claimed(_ holder: UUID, _ pool: PostgresPool) async throws -> RelayBatch {
        try await pool.withConnection { try RelayBatch(try await $0.pipeline([claim(holder)]).first, source: "counter") }
    }

    private static func record(_ result: RelayResult, _ pool: PostgresPool) async throws {
        _ = try await pool.withConnection { try await $0.pipeline(result.steps(blockedFor: .seconds(10))) }
    }

    private static let places: [any PostgresEncodable] = {
        let positions = (1...Int64(100)).map { $0 }
        return [positions.map { Int16($0 % 32) }, positions]
    }()

    @Test("a claim reads only the rows that it returns, however many are queued", arguments: ["in turn", "deferred"])
    func claim(from place: String) async throws {
        let isDeferred = place == "deferred"
        try await Self.with("outbox", filledBy: isDeferred ? Self.deferred : Self.outbox) { pool in
            let holder = UUID()
            try await Self.hold([3, 5], holder, pool)
            let published =
                "with p as (insert into outbox_progress select shard, topic, 7 from outbox_sequence returning 1) select count(*) from p"
            #expect(try await Self.number(pool, published) == Int64(Shard.count))
            let rows = try await Self.claimed(holder, pool).rows
            #expect(rows.count == 100 && Set(rows.map(\.shard)) == [3, 5] && rows.allSatisfy { $0.isDeferred == isDeferred })
            #expect(Set(rows.map(\.sequence)) == Set(isDeferred ? 1...50 : 8...57))
            let read = try await Self.rowsRead(of: "outbox", by: [Self.claim(holder)], on: pool)
            #expect(read <= (isDeferred ? 210 : 110), "100 rows were claimed, and \(read) read; the size of deferred ones is read first")
        }
    }

    @Test("rows in sequence are read up to the first large message of a topic's shard, and no further")
    func large() async throws {
        let large =
            "; update outbox set body = convert_to(repeat('x', \(RelayStatements.largeBytes + 1)), 'UTF8') where sequence in (12, 30)"
        try await Self.with("outbox", filledBy: Self.outbox + large) { pool in
            let holder = UUID()
            try await Self.hold([3], holder, pool)
            for expected in [1...12, 13...30, 31...80] as [ClosedRange<Int64>] {
                let batch = try await Self.claimed(holder, pool)
                #expect(batch.rows.map(\.sequence) == Array(expected))
                let read = try await Self.rowsRead(of: "outbox", by: [Self.claim(holder)], on: pool)
                #expect(read <= Int64(expected.count) + 1, "\(expected.count) rows were claimed, and \(read) were read")
                try await Self.record(batch.allPublished, pool)
            }
        }
    }

    @Test("the size and age of the outbox are computed without reading its rows", arguments: ["in turn", "deferred"])
    func waiting(_ place: String) async throws {
        try await Self.with("outbox", filledBy: place == "deferred" ? Self.deferred : Self.outbox) { pool in
            let published = PostgresStatement(
                "test.published",
                "insert into outbox_progress select shard, topic, \(place == "deferred" ? "last" : "7") from outbox_sequence")
            _ = try await pool.withConnection { try await $0.execute(published) }
            let step = PostgresStep(RelayStatements.waiting, [])
            let found = try await pool.withConnection { try await $0.pipeline([step])[0].decode(Int64.self, Int64.self)[0] }
            #expect(found.0 == (place == "deferred" ? Int64(Self.waiting) : Int64(Self.waiting) - 7 * Int64(Shard.count)))
            #expect((0..<60_000).contains(found.1))
            let read = try await Self.rowsRead(of: "outbox", by: [step], on: pool)
            #expect(read <= Int64(Shard.count), "\(read) rows were read")
        }
    }

    @Test(
        "due rows of outbox_deferred are claimed alone and first; deferred rows are skipped in sequence; blocked shards are marked")
    func deferredFirst() async throws {
        let some = """
            insert into outbox (message_id, topic, shard, sequence, is_deferred, key, type, occurred_at, body)
            select gen_random_uuid(), 'counter.events', 3, n, n = 2, 'c', 'counter.amount-added.v1', now(), '{}' from generate_series(1, 4) as n;
            insert into outbox_sequence (topic, shard, last) values ('counter.events', 3, 4);
            insert into outbox_deferred (shard, position, blocked_until) select 3, position, 'infinity' from outbox where is_deferred
            """
        try await Self.with("outbox", filledBy: some) { pool in
            let holder = UUID()
            try await Self.hold(Array(0..<Shard.count), holder, pool)
            let inTurn = try await Self.claimed(holder, pool)
            #expect(inTurn.rows.map(\.sequence) == [1, 2, 3, 4] && inTurn.toPublish.map(\.sequence) == [1, 3, 4])
            #expect(inTurn.rows.allSatisfy { !$0.isDeferred && $0.besideStoppedAt != nil })
            let due = "with d as (update outbox_deferred set blocked_until = now() returning 1) select count(*) from d"
            #expect(try await Self.number(pool, due) == 1)
            let first = try await Self.claimed(holder, pool)
            #expect(first.rows.map(\.sequence) == [2] && first.rows.allSatisfy { $0.isDeferred && $0.besideStoppedAt == nil })
            #expect(try await Self.number(pool, "select count(*) from outbox_waiting") == 4)
            try await Self.record(first.allPublished, pool)
            let rest = try await Self.claimed(holder, pool)
            #expect(rest.rows.map(\.isSkipped) == [false, true, false, false])
            try await Self.record(rest.allPublished, pool)
            #expect(try await Self.claimed(holder, pool).isEmpty)
            #expect(try await Self.number(pool, "select count(*) from outbox_waiting") == 0)
        }
    }

    @Test("rows behind a stopped one of their key are deferred as long as it is stopped, and other keys of the shard are not")
    func behindStopped() async throws {
        let some = """
            insert into outbox (message_id, topic, shard, sequence, key, type, occurred_at, body)
            select gen_random_uuid(), 'counter.events', 3, n, case when n % 2 = 0 then 'stopped' else 'other' end, 'counter.amount-added.v1',
                   now(), '{}'
            from generate_series(1, 4) as n;
            insert into outbox_sequence (topic, shard, last) values ('counter.events', 3, 4);
            insert into outbox_progress (topic, shard, published) values ('counter.events', 3, 2);
            insert into outbox_deferred (shard, position, blocked_until) select 3, position, '2100-01-01' from outbox where sequence = 2
            """
        try await Self.with("outbox", filledBy: some) { pool in
            let holder = UUID()
            try await Self.hold([3], holder, pool)
            let batch = try await pool.withConnection { connection in
                var batch = try RelayBatch(try await connection.pipeline([Self.claim(holder)]).first, source: "counter")
                try await batch.skipBlocked(on: connection)
                return batch
            }
            #expect(batch.rows.map(\.sequence) == [3, 4] && batch.toPublish.map(\.sequence) == [3])
            let deferred = """
                select count(*) from outbox_deferred d join outbox o using (position)
                where o.sequence in (2, 4) and d.blocked_until = '2100-01-01'
                """
            #expect(try await Self.number(pool, deferred) == 2)
        }
    }

    @Test("outbox_deferred has no rows for deleted messages, so that they cannot block a shard")
    func noneWithout() async throws {
        try await Self.with("outbox_deferred", filledBy: Self.deferred) { pool in
            let gone = "with d as (delete from outbox where position = 35 returning 1) select count(*) from d"
            let forgotten = try await Self.number(pool, gone)
            #expect(forgotten == 1)
            let left = try await Self.number(pool, "select count(*) from outbox_deferred")
            #expect(left == Self.waiting - 1)
            let step = PostgresStep(RelayStatements.block, [[Int16(3)], [Int64(35)], Int64(1000)])
            let error = await #expect(throws: PostgresError.self) {
                try await pool.withConnection { connection in _ = try await connection.pipeline([step]) }
            }
            #expect(error?.sqlState == "23503")
        }
    }

    @Test("a republish request leaves out messages that are being deleted, and queues the rest")
    func forgottenMeanwhile() async throws {
        let published = "; insert into outbox_progress (shard, topic, published) select shard, topic, last from outbox_sequence"
        try await Self.with("outbox_deferred", filledBy: Self.outbox + published) { pool in
            let request = Republish(topic: "counter.events", places: [.init(shard: 3, after: 0)], recordsAtMost: 3)
            let asked = try await pool.withTransaction("test.forget") { connection in
                // The second of the shard.
                try await connection.script("delete from outbox where position = 35")
                let asked = Task {
                    try await pool.withTransaction("test.republish") {
                        try await Republisher(service: "counter").queue(request, of: "asker", on: $0).count
                    }
                }
                try await eventually("the request waits") {
                    try await Self.number(
                        pool, "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") == 1
                }
                return asked
            }
            let reports = try await asked.value
            #expect(reports == 1)
            let queued = try await Self.number(pool, "select count(*) from outbox_deferred where position in (3, 67, 99)")
            let all = try await Self.number(pool, "select count(*) from outbox_deferred")
            // The limit was applied before the row was deleted.
            #expect(queued == all && (2...3).contains(all))
        }
    }

    @Test(
        "the relay reads only the rows of its batch in outbox_deferred, however many there are",
        arguments: ["clear", "defer behind", "block"])
    func relay(act: String) async throws {
        try await Self.with("outbox_deferred", filledBy: Self.deferred) { pool in
            let numbers = (1...Int64(100)).map { $0 * 7 }
            let until = Date(timeIntervalSince1970: 2_000_000_000)
            let (step, done) =
                switch act {
                case "clear": (PostgresStep(RelayStatements.clear, Self.places), "select \(Self.waiting) - count(*) from outbox_deferred")
                case "defer behind":
                    (
                        PostgresStep(RelayStatements.deferBehind, Self.places + [numbers.map { until.addingTimeInterval(Double($0)) }]),
                        "select count(*) from outbox_deferred where blocked_until = to_timestamp(2000000000 + position * 7)"
                    )
                default:
                    (
                        PostgresStep(RelayStatements.block, Self.places + [Int64(60_000)]),
                        "select count(*) from outbox_deferred where blocked_until between now() and now() + interval '2 minutes'"
                    )
                }
            let read = try await Self.rowsRead(of: "outbox_deferred", by: [step], on: pool)
            #expect(try await Self.number(pool, done) == 100, "the step did not have its effect on the rows")
            #expect(read <= 400, "100 rows were looked up, and \(read) read")
        }
    }

    @Test("published progress never decreases: a late relay with a smaller number changes nothing")
    func late() async throws {
        try await Self.with("outbox", filledBy: Self.outbox) { pool in
            for number in [Int64(9), 4, 12] {
                let step = PostgresStep(RelayStatements.advance, [[Int16(3)], ["counter.events"], [number]])
                _ = try await pool.withConnection { try await $0.pipeline([step]) }
                #expect(try await Self.number(pool, "select published from outbox_progress") == max(9, number))
            }
        }
    }

    @Test("old unpublished messages are not deleted, and the check does not scan outbox_deferred for each old row")
    func forgetting() async throws {
        let waitsNot = """
            ; delete from outbox_deferred where position <= 10; update outbox set recorded_at = now() - interval '1 day';
            insert into outbox_progress (shard, topic, published) select shard, topic, last from outbox_sequence
            """
        try await Self.with("outbox_deferred", filledBy: Self.deferred + waitsNot) { pool in
            let step = PostgresStep(Housekeeping.deletePublished, [Duration.seconds(3600).milliseconds, Int64(100)])
            let read = try await Self.rowsRead(of: "outbox_deferred", by: [step], on: pool)
            #expect(try await Self.number(pool, "select count(*) from outbox") == Self.waiting - 10)
            #expect(read <= 300, "100 rows were looked up, and \(read) read")
        }
    }

    private static let heldRows = """
        insert into inbox_held (source, topic, key, version, partition, record_offset, headers, body, shard, sequence)
        select 'counter', 'counter.events', 'c' || n, 2, 0, n, '[]', '{}', n % 32, n from generate_series(1, \(waiting)) as n
        """

    @Test("overdue held events are found by an index on their place, however many are held")
    func overdue() async throws {
        try await Self.with("inbox_held", filledBy: Self.heldRows) { pool in
            let shards = Array(Int16(0)..<10)
            let watermarks: [any PostgresEncodable] = [
                shards.map { _ in "counter" }, shards.map { _ in "counter.events" }, shards, shards.map { _ in Int64(64) },
            ]
            let step = PostgresStep(InboxStatements.overdue, watermarks)
            #expect(try await pool.withConnection { try await $0.pipeline([step])[0].count } == 20)
            let read = try await Self.rowsRead(of: "inbox_held", by: [step], on: pool)
            #expect(read <= 100, "20 rows were looked up, and \(read) read")
        }
    }

    @Test("held events are found by an index on their stream, however many are held for others")
    func held() async throws {
        try await Self.with("inbox_held", filledBy: Self.heldRows) { pool in
            let keys = (1...100).map { "c\($0)" }
            let streams: [any PostgresEncodable] = [keys.map { _ in "counter" }, keys.map { _ in "counter.events" }, keys]
            let read = try await Self.rowsRead(
                of: "inbox_held",
                by: [
                    PostgresStep(InboxStatements.held, streams),
                    PostgresStep(InboxStatements.release, streams + [keys.map { _ in Int64(2) }]),
                ], on: pool)
            #expect(try await Self.number(pool, "select count(*) from inbox_held") == Self.waiting - 100)
            #expect(read <= 600, "100 rows were looked up and then released, and \(read) were read")
        }
    }

    @Test("parked keys are found by an index, however many there are")
    func blocked() async throws {
        let fill = """
            insert into parked_key (topic, key_digest)
            select 'counter.commands', sha256(convert_to('c' || n, 'UTF8')) from generate_series(1, \(Self.waiting)) as n
            """
        try await Self.with("parked_key", filledBy: fill) { pool in
            let keys = (1...100).map { Array("c\($0 * 100)".utf8) }
            let step = PostgresStep(InboxStatements.blocked, [keys.map { _ in "counter.commands" }, keys])
            let found = try await pool.withConnection { try await $0.pipeline([step])[0].count }
            #expect(found == 50, "every second of these keys is parked")
            let read = try await Self.rowsRead(of: "parked_key", by: [step], on: pool)
            #expect(read <= 300, "100 keys were looked up, and \(read) read")
        }
    }
}
