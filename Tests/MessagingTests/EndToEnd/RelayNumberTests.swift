import Foundation
import Kafka
import Kernel
import Messages
import Postgres
import Synchronization
import TestKit
import Testing
import Toys

@testable import Messaging

@Suite("Numbers of what is published")
struct RelayNumberTests {
    private struct Broken: Error {}

    /// A place in a sequence, and who stands there.
    private struct Standing: Hashable {
        let topic: String
        let shard: Int16
        let sequence: Int64
        let id: UUID
    }

    private static func standings(_ records: [KafkaRecord]) throws -> [Standing] {
        try records.map { record in
            let envelope = try EnvelopeHeaders.envelope(of: record)
            let place = try #require(envelope.place)
            return Standing(topic: record.topic, shard: place.shard, sequence: place.sequence, id: envelope.id)
        }
    }

    private static func publishAll(_ counter: RunningService<CounterRows>, _ wire: Wire, commands: Int) async throws {
        for number in 0..<commands { try await wire.add("c\(number % 10)") }
        try await eventually("all is done") { try await counter.number("select coalesce(sum(total), 0)::bigint from counter") == commands }
        try await eventually("all is published") { try await counter.number("select count(*) from outbox_waiting") == 0 }
    }

    @Test("a round that breaks off goes out again under the numbers it had; no number is left out or given to two")
    func interruptedRounds() async throws {
        try await MessagingStage.with(services: ["counter", "asker"]) { stage in
            let left = Mutex([FaultPoint.published: 4, .acknowledged: 4])
            let breaks: FaultHook = { point in
                let isDue = left.withLock { left in
                    guard let more = left[point], more > 0 else { return false }
                    left[point] = more - 1
                    return true
                }
                if isDue { throw Broken() }
            }
            try await Wire.with(stage, hearing: ["counter.events", Topic.replies]) { wire in
                let counter = try stage.start(
                    CounterService.contents, on: try await stage.database("counter", tables: CounterService.table), faults: breaks)
                try await Self.publishAll(counter, wire, commands: 40)
                try await eventually("80 messages are heard") {
                    Set(try Self.standings(wire.records("counter.events") + wire.records(Topic.replies))).count >= 80
                }
                let heard = try Self.standings(wire.records("counter.events") + wire.records(Topic.replies))
                let distinct = Set(heard)
                #expect(heard.count > distinct.count, "nothing went out twice: the faults did not bite")
                #expect(distinct.count == 80 && Set(distinct.map(\.id)).count == 80, "a message has two numbers")
                for (_, sequence) in Dictionary(grouping: distinct, by: { "\($0.topic) \($0.shard)" }) {
                    #expect(sequence.map(\.sequence).sorted() == Array(1...Int64(sequence.count)))
                }
            }
        }
    }

    @Test("a transaction that is rolled back leaves no hole: its numbers go to the next")
    func rolledBack() async throws {
        try await MessagingStage.with(services: ["counter"]) { stage in
            let pool = try await stage.database("counter")
            func write(_ count: Int, isKept: Bool) async throws {
                try await pool.withTransaction("test.write") { connection in
                    let drafts = (0..<count).map { number in
                        OutboxDraft(
                            id: UUID(), topic: "counter.events", key: "k\(number)", shard: 3, type: MessageType("counter", "amount-added"),
                            isVersioned: true, time: Date(), body: Array("{}".utf8))
                    }
                    try await OutboxWriter.write(drafts, on: connection)
                    if !isKept { throw Broken() }
                }
            }
            try await write(2, isKept: true)
            await #expect(throws: Broken.self) { try await write(5, isKept: false) }
            try await write(3, isKept: true)
            let rounds = PostgresStatement(
                "test.rounds",
                """
                select sequence, version from outbox where topic = 'counter.events' and shard = 3 order by position
                """)
            let numbers = try await pool.withConnection { try await $0.query(rounds).decode(Int64.self, Int64.self) }
            #expect(numbers.map(\.0) == [1, 2, 3, 4, 5])
            #expect(numbers.map(\.1) == [1, 1, 2, 2, 1])
        }
    }

    @Test("a command that is promised again takes no second number")
    func promisedTwice() async throws {
        try await MessagingStage.with(services: ["counter", "asker"]) { stage in
            let pool = try await stage.database("asker", tables: AskerService.table)
            let requests = Requests(pool: pool, waiters: ReplyWaiters(), hasWritten: { _ in })
            func promise(_ key: String) async throws {
                let caller = Requests.Caller(
                    organisation: "o", operation: "add", idempotencyKey: key, bodyHash: ContentHash(of: []), receivedAt: Date())
                _ = try await requests.accept(AddAmount(counter: "c", amount: 1), key: "c", from: caller)
            }
            for key in ["a", "a", "b", "a", "c", "b"] { try await promise(key) }
            let statement = PostgresStatement(
                "test.numbers",
                """
                select array_agg(w.sequence order by w.position), max(s.last) from outbox_waiting w join outbox_sequence s using (topic, shard)
                """)
            let rows = try await pool.withConnection { try await $0.query(statement).decode([Int64].self, Int64.self) }
            #expect(rows.first?.0 == [1, 2, 3] && rows.first?.1 == 3)
        }
    }

    @Test("what waited without a number, from before messages had theirs when they are written, has one after the migration")
    func migrated() async throws {
        try await MessagingStage.with(services: ["counter"]) { stage in
            let pool = stage.pool(try await PrivatePostgres.shared().temporaryDatabase("migrated"))
            let rows = try await pool.withConnection { connection in
                for migration in MessagingMigrations.all where migration.number < 8 { try await connection.script(migration.sql) }
                // Two are published. A round of two was broken off, one of which had got its number back. Three were never taken up,
                // one of another topic.
                try await connection.script(
                    """
                    insert into outbox (message_id, topic, shard, key, type, occurred_at, body)
                    select gen_random_uuid(), case n when 6 then 'replies' else 't' end, 0, 'k', 't.x.v1', now(), ''
                    from generate_series(1, 7) as n;
                    insert into outbox_sequence (topic, shard, last) values ('t', 0, 4);
                    insert into outbox_published (topic, shard, last, positions) values ('t', 0, 2, '{1,2}'), ('t', 0, 4, '{3,4}');
                    insert into outbox_pending (shard, position, topic, bytes, sequence)
                    select shard, position, topic, 0, case position when 4 then 4 end from outbox where position > 2;
                    """)
                for migration in MessagingMigrations.all where migration.number >= 8 { try await connection.script(migration.sql) }
                return try await connection.query(
                    PostgresStatement(
                        "test.migrated",
                        """
                        select o.topic, o.position, o.sequence, s.last, w.position is not null
                        from outbox o join outbox_sequence s using (topic, shard) left join outbox_waiting w using (position)
                        order by o.position
                        """)
                ).decode(String.self, Int64.self, Int64.self, Int64.self, Bool.self)
            }
            #expect(rows.map(\.0) == ["t", "t", "t", "t", "t", "replies", "t"])
            #expect(rows.map(\.1) == [1, 2, 3, 4, 5, 6, 7])
            #expect(rows.map(\.2) == [1, 2, 3, 4, 5, 1, 6])
            #expect(rows.map(\.3) == [6, 6, 6, 6, 6, 1, 6])
            #expect(rows.map(\.4) == [false, false, true, true, true, true, true], "what was published does not wait, and all else does")
        }
    }

    @Test("what is asked for again comes under its old numbers, from the one asked for on")
    func republished() async throws {
        try await MessagingStage.with(services: ["counter", "asker"]) { stage in
            try await Wire.with(stage, hearing: ["counter.events"]) { wire in
                let counter = try stage.start(
                    CounterService.contents, on: try await stage.database("counter", tables: CounterService.table))
                for _ in 1...6 { try await Self.publishOne(counter, wire) }
                // What is not noted yet counts as not published.
                try await eventually("all is noted") { try await counter.number("select count(*) from outbox_waiting") == 0 }
                let first = try Self.standings(wire.records("counter.events"))
                let shard = try #require(first.first?.shard)
                let request = Republish(topic: "counter.events", places: [.init(shard: shard, after: 2)], recordsAtMost: 3)
                try await wire.send(
                    value: try MessageBody.encode(request), headers: Records.commandHeaders(Republish.type.description, id: UUID()))
                try await eventually("three records are heard again") {
                    let heard = try Self.standings(wire.records("counter.events").filter { !$0.isReport })
                    return heard.count == 9 && Array(heard[6...]) == Array(first[2..<5])
                }
            }
        }
    }

    private static func publishOne(_ counter: RunningService<CounterRows>, _ wire: Wire) async throws {
        let before = wire.records("counter.events").count
        try await wire.add("c")
        try await eventually("one more is heard") { wire.records("counter.events").count == before + 1 }
    }

    @Test("what is old and published is forgotten, and what is kept can be asked for under its number")
    func forgotten() async throws {
        try await MessagingStage.with(services: ["counter", "asker"]) { stage in
            let pool = try await stage.database("counter", tables: CounterService.table)
            try await Wire.with(stage) { wire in
                let first = try stage.start(CounterService.contents, on: pool)
                try await Self.publishAll(first, wire, commands: 20)
                try await first.stop()
                // All but the last ten are old.
                let kept = 10
                try await pool.withConnection {
                    try await $0.script(
                        """
                        update outbox set recorded_at = 'yesterday'
                        where position not in (select position from outbox order by position desc limit \(kept))
                        """)
                }
                var options = MessagingOptions.embeddedBroker
                options.outboxRetention = .seconds(3600)
                let second = try stage.start(CounterService.contents, on: pool, options: options)
                try await eventually("old messages are gone") {
                    try await second.number("select count(*) from outbox where recorded_at < now() - interval '1 hour'") == 0
                }
                #expect(try await second.number("select count(*) from outbox") >= Int64(kept))
            }
        }
    }
}

extension KafkaRecord {
    fileprivate var isReport: Bool {
        headers.contains { $0.name == EnvelopeHeaders.type && $0.value == Array(SequenceReport.type.description.utf8) }
    }
}
