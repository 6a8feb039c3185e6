import Foundation
import Kafka
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
        try await eventually("all is published") { try await counter.number("select count(*) from outbox_pending") == 0 }
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

    @Test("what is asked for again comes under its old numbers, from the one asked for on")
    func republished() async throws {
        try await MessagingStage.with(services: ["counter", "asker"]) { stage in
            try await Wire.with(stage, hearing: ["counter.events"]) { wire in
                let counter = try stage.start(
                    CounterService.contents, on: try await stage.database("counter", tables: CounterService.table))
                for _ in 1...6 { try await Self.publishOne(counter, wire) }
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

    @Test("forgotten messages leave no rounds behind, and what is kept keeps its rounds")
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
                var options = MessagingOptions()
                options.outboxRetention = .seconds(3600)
                let second = try stage.start(CounterService.contents, on: pool, options: options)
                try await eventually("rounds of forgotten messages are gone") {
                    try await second.number(
                        """
                        select (select count(*) from outbox where recorded_at < now() - interval '1 hour')
                            + (select count(*) from outbox_published r
                               where not exists (select from outbox o where o.position = any(r.positions)))
                        """) == 0
                }
                // Every record that is kept has its round still, or is yet to have one.
                #expect(
                    try await second.number(
                        """
                        select count(*) from outbox o
                        where not exists (select from outbox_published r where o.position = any(r.positions))
                        and not exists (select from outbox_pending p where p.position = o.position)
                        """) == 0)
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
