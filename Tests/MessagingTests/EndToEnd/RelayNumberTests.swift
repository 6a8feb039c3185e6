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

@Suite("Sequence numbers")
struct RelayNumberTests {
    private struct Broken: Error {}

    /// A place in a sequence, and the message there.
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

    @Test("an interrupted batch is published again with the same numbers; no number is skipped or used twice")
    func interruptedBatches() async throws {
        try await MessagingFixture.with(services: ["counter", "asker"]) { stage in
            let left = Mutex([FaultPoint.published: 4, .acknowledged: 4])
            let breaks: FaultHook = { point in
                let isDue = left.withLock { left in
                    guard let more = left[point], more > 0 else { return false }
                    left[point] = more - 1
                    return true
                }
                if isDue { throw Broken() }
            }
            try await Wire.with(stage, reading: ["counter.events", Topic.replies]) { wire in
                let counter = try stage.start(
                    CounterService.registry, on: try await stage.database("counter", tables: CounterService.table), faults: breaks)
                try await Self.publishAll(counter, wire, commands: 40)
                try await eventually("80 messages are received") {
                    Set(try Self.standings(wire.records("counter.events") + wire.records(Topic.replies))).count >= 80
                }
                let received = try Self.standings(wire.records("counter.events") + wire.records(Topic.replies))
                let distinct = Set(received)
                #expect(received.count > distinct.count, "nothing was published twice: the faults had no effect")
                #expect(distinct.count == 80 && Set(distinct.map(\.id)).count == 80, "a message has two numbers")
                for (_, sequence) in Dictionary(grouping: distinct, by: { "\($0.topic) \($0.shard)" }) {
                    #expect(sequence.map(\.sequence).sorted() == Array(1...Int64(sequence.count)))
                }
            }
        }
    }

    @Test("a rollback leaves no gap: its numbers are used by the next transaction")
    func rolledBack() async throws {
        try await MessagingFixture.with(services: ["counter"]) { stage in
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
            let written = PostgresStatement(
                "test.written",
                """
                select sequence, version from outbox where topic = 'counter.events' and shard = 3 order by position
                """)
            let numbers = try await pool.withConnection { try await $0.query(written).decode(Int64.self, Int64.self) }
            #expect(numbers.map(\.0) == [1, 2, 3, 4, 5])
            #expect(numbers.map(\.1) == [1, 1, 2, 2, 1])
        }
    }

    @Test("a repeated request uses no second number")
    func promisedTwice() async throws {
        try await MessagingFixture.with(services: ["counter", "asker"]) { stage in
            let pool = try await stage.database("asker", tables: AskerService.table)
            let requests = Requests(pool: pool, lookUps: pool, waiters: ReplyWaiters(), onCommit: {})
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

    @Test("republished messages keep their numbers, from the requested one on")
    func republished() async throws {
        try await MessagingFixture.with(services: ["counter", "asker"]) { stage in
            try await Wire.with(stage, reading: ["counter.events"]) { wire in
                let counter = try stage.start(
                    CounterService.registry, on: try await stage.database("counter", tables: CounterService.table))
                for _ in 1...6 { try await Self.publishOne(counter, wire) }
                // Progress that is not recorded yet counts as not published.
                try await eventually("all progress is recorded") { try await counter.number("select count(*) from outbox_waiting") == 0 }
                let first = try Self.standings(wire.records("counter.events"))
                let shard = try #require(first.first?.shard)
                let request = Republish(topic: "counter.events", places: [.init(shard: shard, after: 2)], recordsAtMost: 3)
                try await wire.send(
                    value: try MessageBody.encode(request), headers: Records.commandHeaders(Republish.type.description, id: UUID()))
                try await eventually("three records are received again") {
                    let received = try Self.standings(wire.records("counter.events").filter { !$0.isReport })
                    return received.count == 9 && Array(received[6...]) == Array(first[2..<5])
                }
            }
        }
    }

    private static func publishOne(_ counter: RunningService<CounterRows>, _ wire: Wire) async throws {
        let before = wire.records("counter.events").count
        try await wire.add("c")
        try await eventually("one more is received") { wire.records("counter.events").count == before + 1 }
    }

    @Test("old published messages are deleted, and the remaining ones are kept")
    func forgotten() async throws {
        try await MessagingFixture.with(services: ["counter", "asker"]) { stage in
            let pool = try await stage.database("counter", tables: CounterService.table)
            try await Wire.with(stage) { wire in
                let first = try stage.start(CounterService.registry, on: pool)
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
                let second = try stage.start(CounterService.registry, on: pool, options: options)
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
