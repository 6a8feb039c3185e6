import Foundation
import Kernel
import Messages
import Postgres
import TestKit
import Testing
import Toys

@testable import Messaging

@Suite("Catching up")
struct CatchUpTests {
    /// A counter whose events 1 to `count` of one key were published on a broker that has since lost everything.
    private static func withLostLog(
        _ count: Int64, _ play: (MessagingStage, RunningService<CounterRows>) async throws -> Void
    ) async throws {
        try await MessagingStage.with(services: ["counter", "asker"]) { stage in
            let pool = try await stage.database("counter", tables: CounterService.table)
            let counter = try stage.start(CounterService.contents, on: pool)
            let total = try await counter.runtime.speaker.say(1...count)
            #expect(total == count)
            try await eventually("all is published") { try await counter.hasSaidAll() }
            try await counter.stop()
            try await stage.loseBroker()
            try await play(stage, counter)
        }
    }

    private static func quickOptions(_ change: (inout MessagingOptions) -> Void = { _ in }) -> MessagingOptions {
        var options = MessagingOptions.embeddedBroker
        options.patienceWithHoles = .milliseconds(100)
        options.patienceWithAnswers = .seconds(1)
        change(&options)
        return options
    }

    @Test("a service that starts late on a broker that forgot gets everything from the beginning, in slices paced by what it has")
    func lateReader() async throws {
        try await Self.withLostLog(40) { stage, counter in
            let again = try stage.start(CounterService.contents, on: counter.pool)
            let options = Self.quickOptions { $0.republishAtMost = 7 }
            let asker = try stage.start(
                AskerService.contents, on: try await stage.database("asker", tables: AskerService.table), options: options)
            try await eventually("all are seen") { try await asker.seen("k").count == 40 }
            #expect(try await asker.seen("k") == Array(1...40))
            try await eventually("it knows that it has caught up") {
                try await asker.number("select count(*) from inbox_watermark where topic = 'counter.events' and behind_since is not null")
                    == 0
            }
            let slices = try await again.number(
                "select count(*) from audit a join outbox o on o.cause = a.message_id and o.shard = \(Shard.of("k")) where a.type = 'platform.republish.v1' and o.topic = 'counter.events'"
            )
            #expect(slices >= 6, "forty at most seven at a time")
            #expect(
                try await again.number(
                    "select count(*) from outbox where shard = \(Shard.of("k")) and topic = 'counter.events'"
                )
                    >= 40)
            // And it goes on from there.
            _ = try await again.runtime.speaker.say(41...41)
            try await eventually("the next is seen") { try await asker.seen("k").last == 41 }
        }
    }

    @Test("a producer that takes longer to answer than the reader's patience is heard all the same, and not asked without end")
    func slowProducer() async throws {
        try await Self.withLostLog(5) { stage, counter in
            let again = try stage.start(
                CounterService.contents, on: counter.pool,
                faults: { point in if point == .received { try await Task.sleep(for: .seconds(3)) } })
            let asker = try stage.start(
                AskerService.contents, on: try await stage.database("asker", tables: AskerService.table),
                options: Self.quickOptions { $0.patienceWithAnswers = .milliseconds(500) })
            try await eventually("all are seen") { try await asker.seen("k").count == 5 }
            try await eventually("it knows that it has caught up", within: .seconds(30)) {
                try await asker.number("select count(*) from inbox_watermark where behind_since is not null") == 0
            }
            #expect(try await asker.number("select count(*) from outbox where type = 'platform.republish.v1'") < 40)
            try await asker.stop()
            try await again.stop()
        }
    }

    @Test("a reader slower than its own patience asks once, not again and again while the answer waits to be taken")
    func slowReader() async throws {
        try await Self.withLostLog(5) { stage, counter in
            let again = try stage.start(CounterService.contents, on: counter.pool)
            let asker = try stage.start(
                AskerService.contents, on: try await stage.database("asker", tables: AskerService.table),
                options: Self.quickOptions { $0.batchAtMost = 1 },
                faults: { point in if point == .received { try await Task.sleep(for: .milliseconds(150)) } })
            try await eventually("it knows that it has caught up", within: .seconds(120)) {
                let behind = try await asker.number("select count(*) from inbox_watermark where behind_since is not null")
                let seen = try await asker.seen("k")
                return behind == 0 && seen.count == 5
            }
            // One that repeats another names it as its cause. A few are fair: where a partition's last record was just being taken.
            let repeated = try await asker.number("select count(*) from outbox where type = 'platform.republish.v1' and cause is not null")
            #expect(repeated <= 4, "asked again \(repeated) times")
            try await asker.stop()
            try await again.stop()
        }
    }

    @Test("what is older than it is kept is given up, told by the first number kept, and the reader moves on")
    func retention() async throws {
        try await Self.withLostLog(30) { stage, counter in
            // As housekeeping forgets: the oldest.
            _ = try await counter.number("delete from outbox where version <= 10 and topic = 'counter.events' returning 1::bigint")
            let again = try stage.start(CounterService.contents, on: counter.pool)
            let asker = try stage.start(
                AskerService.contents, on: try await stage.database("asker", tables: AskerService.table),
                options: Self.quickOptions { $0.republishAtMost = 8 })
            try await eventually("what is kept is seen") { try await asker.seen("k").count == 20 }
            #expect(try await asker.seen("k") == Array(11...30))
            let shard = Shard.of("k")
            #expect(
                try await asker.number("select given_up from inbox_watermark where topic = 'counter.events' and shard = \(shard)") == 10)
            _ = try await again.runtime.speaker.say(31...32)
            try await eventually("it moves on") { try await asker.seen("k").suffix(2) == [31, 32] }
            #expect(try await asker.number("select count(*) from inbox_held") == 0)
        }
    }

    @Test("a record that was numbered and never reached the log leaves a hole, which is asked for and filled in order")
    func hole() async throws {
        try await MessagingStage.with(services: ["counter", "asker"]) { stage in
            let counter = try stage.start(CounterService.contents, on: try await stage.database("counter", tables: CounterService.table))
            let asker = try stage.start(
                AskerService.contents, on: try await stage.database("asker", tables: AskerService.table), options: Self.quickOptions())
            _ = try await counter.runtime.speaker.say(1...3)
            try await eventually("the first are seen") { try await asker.seen("k") == [1, 2, 3] }
            try await eventually("it knows where it is") {
                try await asker.number("select count(*) from inbox_watermark where topic = 'counter.events' and behind_since is not null")
                    == 0
            }
            try await counter.stop()
            // 4 gets its number and counts as published, but nothing of it was sent.
            let planted = try await counter.number(
                """
                with s as (update outbox_sequence set last = last + 1 where topic = 'counter.events' and shard = \(Shard.of("k")) returning last),
                v as (insert into outbox_stream (topic, key, version) values ('counter.events', 'k', 4)
                      on conflict (topic, key) do update set version = 4),
                o as (insert into outbox (message_id, topic, shard, sequence, key, version, type, occurred_at, body)
                      select gen_random_uuid(), 'counter.events', \(Shard.of("k")), s.last, 'k', 4, 'counter.amount-added.v1', now(),
                             convert_to('{"amount":1,"counter":"k","total":4}', 'UTF8') from s)
                update outbox_progress p set published = s.last from s
                where p.topic = 'counter.events' and p.shard = \(Shard.of("k")) returning 1::bigint
                """)
            #expect(planted == 1)
            let again = try stage.start(CounterService.contents, on: counter.pool)
            _ = try await again.runtime.speaker.say(5...6)
            try await eventually("the hole is filled") { try await asker.seen("k").count == 6 }
            #expect(try await asker.seen("k") == [1, 2, 3, 4, 5, 6])
            #expect(try await asker.number("select count(*) from inbox_held") == 0)
        }
    }

    @Test("a hole that cannot be filled is asked about now and then, not without pause, and holds up no other key")
    func unfillable() async throws {
        try await MessagingStage.with(services: ["counter", "asker"]) { stage in
            let counter = try stage.start(CounterService.contents, on: try await stage.database("counter", tables: CounterService.table))
            let asker = try stage.start(
                AskerService.contents, on: try await stage.database("asker", tables: AskerService.table), options: Self.quickOptions())
            _ = try await counter.runtime.speaker.say(1...3)
            try await eventually("the first are seen") { try await asker.seen("k") == [1, 2, 3] }
            // A number that no row has.
            _ = try await counter.number(
                "update outbox_sequence set last = last + 1 where topic = 'counter.events' and shard = \(Shard.of("k")) returning last")
            _ = try await counter.runtime.speaker.say(4...5)
            try await eventually("what follows is seen") { try await asker.seen("k") == [1, 2, 3, 4, 5] }
            func questions() async throws -> Int64 {
                try await asker.number("select count(*) from outbox where type = 'platform.republish.v1'")
            }
            let began = ContinuousClock.now
            let before = try await questions()
            try await eventually("it asks again") { try await questions() >= before + 3 }
            // A second between two, as the options have it: three questions are two seconds apart at the least.
            #expect(ContinuousClock.now - began > .seconds(1.5))
        }
    }
}

extension Speaker {
    /// Tells of totals of the counter `k`, an event each. Returns how many.
    fileprivate func say(_ totals: ClosedRange<Int64>) async throws -> Int64 {
        try await transaction("test", at: Date()) { _, said in
            for total in totals { try said.publish(try Mirror.added("k", total: total), key: "k") }
            return Int64(totals.count)
        }
    }
}
