import Foundation
import Kafka
import Kernel
import Messages
import Postgres
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

    private static let aside = outbox + "; insert into outbox_deferred (shard, position) select shard, position from outbox"

    private static let places: [any PostgresEncodable] = {
        let positions = (1...Int64(100)).map { $0 }
        return [positions.map { Int16($0 % 32) }, positions]
    }()

    @Test("a claim reads only the rows that it returns, however many are queued", arguments: ["in turn", "aside"])
    func claim(from place: String) async throws {
        let isAside = place == "aside"
        try await Self.with("outbox", filledBy: isAside ? Self.aside : Self.outbox) { pool in
            let holder = UUID()
            let hold = "with h as (update relay_lease set holder = '\(holder)', expires_at = 'infinity' returning 1) select count(*) from h"
            #expect(try await Self.number(pool, hold) == Int64(Shard.count))
            let published =
                "with p as (insert into outbox_progress select shard, topic, 7 from outbox_sequence returning 1) select count(*) from p"
            #expect(try await Self.number(pool, published) == Int64(Shard.count))
            let step = PostgresStep(RelayStatements.claim, [holder, Int64(0), Int64(50), Int64(1 << 20), [Int16(3), 5], String?.none])
            let rows = try await pool.withConnection { try RelayRow.rows(try await $0.pipeline([step])[0], source: "counter") }
            #expect(rows.count == 100 && Set(rows.map(\.shard)) == [3, 5] && rows.allSatisfy { $0.isAside == isAside })
            #expect(Set(rows.map(\.sequence)) == Set(isAside ? 1...50 : 8...57))
            let read = try await Self.rowsRead(of: "outbox", by: [step], on: pool)
            #expect(read <= (isAside ? 210 : 110), "100 rows were claimed, those aside with a second read for their size, and \(read) read")
        }
    }

    @Test("rows in sequence are read up to the first large message of a topic's shard, and no further")
    func large() async throws {
        let large =
            "; update outbox set body = convert_to(repeat('x', \(RelayStatements.largeBytes + 1)), 'UTF8') where sequence in (12, 30)"
        try await Self.with("outbox", filledBy: Self.outbox + large) { pool in
            let holder = UUID()
            let hold = "with h as (update relay_lease set holder = '\(holder)', expires_at = 'infinity' returning 1) select count(*) from h"
            #expect(try await Self.number(pool, hold) == Int64(Shard.count))
            let step = PostgresStep(RelayStatements.claim, [holder, Int64(0), Int64(50), Int64(1 << 20), [Int16(3)], String?.none])
            for expected in [1...12, 13...30, 31...80] as [ClosedRange<Int64>] {
                let rows = try await pool.withConnection { try RelayRow.rows(try await $0.pipeline([step])[0], source: "counter") }
                #expect(rows.map(\.sequence) == Array(expected))
                let read = try await Self.rowsRead(of: "outbox", by: [step], on: pool)
                #expect(read <= Int64(expected.count) + 1, "\(expected.count) rows were claimed, and \(read) were read")
                let notes = RelayNotes(rows)
                _ = try await pool.withConnection { try await $0.pipeline(notes.steps) }
            }
        }
    }

    @Test("the size and age of the outbox are computed without reading its rows", arguments: ["in turn", "aside"])
    func waiting(_ place: String) async throws {
        try await Self.with("outbox", filledBy: place == "aside" ? Self.aside : Self.outbox) { pool in
            let published = PostgresStatement(
                "test.published",
                "insert into outbox_progress select shard, topic, \(place == "aside" ? "last" : "7") from outbox_sequence")
            _ = try await pool.withConnection { try await $0.execute(published) }
            let step = PostgresStep(RelayStatements.waiting, [])
            let found = try await pool.withConnection { try await $0.pipeline([step])[0].decode(Int64.self, Int64.self)[0] }
            #expect(found.0 == (place == "aside" ? Int64(Self.waiting) : Int64(Self.waiting) - 7 * Int64(Shard.count)))
            #expect((0..<60_000).contains(found.1))
            let read = try await Self.rowsRead(of: "outbox", by: [step], on: pool)
            #expect(read <= Int64(Shard.count), "\(read) rows were read")
        }
    }

    @Test(
        "due rows of outbox_deferred are claimed alone and first; deferred rows are skipped in sequence; blocked shards are marked")
    func asideFirst() async throws {
        let some = """
            insert into outbox (message_id, topic, shard, sequence, is_deferred, key, type, occurred_at, body)
            select gen_random_uuid(), 'counter.events', 3, n, n = 2, 'c', 'counter.amount-added.v1', now(), '{}' from generate_series(1, 4) as n;
            insert into outbox_sequence (topic, shard, last) values ('counter.events', 3, 4);
            insert into outbox_deferred (shard, position, blocked_until) select 3, position, 'infinity' from outbox where is_deferred
            """
        try await Self.with("outbox", filledBy: some) { pool in
            let holder = UUID()
            let hold = "with h as (update relay_lease set holder = '\(holder)', expires_at = 'infinity' returning 1) select count(*) from h"
            _ = try await Self.number(pool, hold)
            func claimed() async throws -> [RelayRow] {
                let step = PostgresStep(RelayStatements.claim, [holder, Int64(0), Int64(50), Int64(1 << 20), [Int16(3)], String?.none])
                return try await pool.withConnection { try RelayRow.rows(try await $0.pipeline([step])[0], source: "counter") }
            }
            let inTurn = try await claimed()
            let round = RelayRound(inTurn)
            #expect(round.rows.map(\.sequence) == [1, 3, 4] && round.behind.map(\.sequence) == [2])
            #expect(inTurn.allSatisfy { !$0.isAside && $0.besideStopped != nil })
            let due = "with d as (update outbox_deferred set blocked_until = now() returning 1) select count(*) from d"
            #expect(try await Self.number(pool, due) == 1)
            let first = try await claimed()
            #expect(first.map(\.sequence) == [2] && first.allSatisfy { $0.isAside && $0.besideStopped == nil })
            #expect(try await Self.number(pool, "select count(*) from outbox_waiting") == 4)
            _ = try await pool.withConnection { try await $0.pipeline(RelayNotes(first).steps) }
            #expect(try await claimed().map(\.isPutOff) == [false, true, false, false])
            let all = RelayVerdict(round.rows, round.rows.map { _ in .success(KafkaRecordMetadata(partition: 0, offset: 0)) })
            _ = try await pool.withConnection { try await $0.pipeline(round.notes(all).steps) }
            #expect(try await claimed().isEmpty)
            #expect(try await Self.number(pool, "select count(*) from outbox_waiting") == 0)
        }
    }

    @Test("outbox_deferred has no rows for deleted messages, so that they cannot block a shard")
    func noneWithout() async throws {
        try await Self.with("outbox_deferred", filledBy: Self.aside) { pool in
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
            let envelope = Envelope(
                id: UUID(), source: "asker", type: Republish.type, time: Date(), key: "k", version: nil, place: nil, cause: nil, trace: nil,
                token: nil)
            let request = Republish(topic: "counter.events", places: [.init(shard: 3, after: 0)], recordsAtMost: 3)
            let asked = try await pool.withTransaction("test.forget") { connection in
                // The second of the shard.
                try await connection.script("delete from outbox where position = 35")
                let asked = Task {
                    try await pool.withTransaction("test.republish") {
                        try await Republisher(service: "counter", ids: UUIDv7Source()).queue(request, envelope, on: $0).count
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
            let aside = try await Self.number(pool, "select count(*) from outbox_deferred where position in (3, 67, 99)")
            let all = try await Self.number(pool, "select count(*) from outbox_deferred")
            // The limit was applied before the row was deleted.
            #expect(aside == all && (2...3).contains(all))
        }
    }

    @Test(
        "the relay reads only the rows of its round in outbox_deferred, however many there are",
        arguments: ["clear", "keep behind", "block"])
    func relay(act: String) async throws {
        try await Self.with("outbox_deferred", filledBy: Self.aside) { pool in
            let numbers = (1...Int64(100)).map { $0 * 7 }
            let until = Date(timeIntervalSince1970: 2_000_000_000)
            let (step, done) =
                switch act {
                case "clear": (PostgresStep(RelayStatements.clear, Self.places), "select \(Self.waiting) - count(*) from outbox_deferred")
                case "keep behind":
                    (
                        PostgresStep(RelayStatements.keepBehind, Self.places + [numbers.map { until.addingTimeInterval(Double($0)) }]),
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
        try await Self.with("outbox_deferred", filledBy: Self.aside + waitsNot) { pool in
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
