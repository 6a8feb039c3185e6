import Foundation
import Kernel
import Messages
import Postgres
import TestKit
import Testing
import Toys

@testable import Messaging

@Suite("Catch-up")
struct CatchUpTests {
    /// A counter that has published events 1 to `count` of one key on a broker that has since lost its log.
    private static func withLostLog(
        _ count: Int64, _ body: (MessagingFixture, RunningService<CounterRows>) async throws -> Void
    ) async throws {
        try await MessagingFixture.with(services: ["counter", "asker"]) { stage in
            let pool = try await stage.database("counter", tables: CounterService.table)
            let counter = try stage.start(CounterService.registry, on: pool)
            let total = try await counter.runtime.publisher.publish(1...count)
            #expect(total == count)
            try await eventually("all is published") { try await counter.hasPublishedAll() }
            try await counter.stop()
            try await stage.loseBroker()
            try await body(stage, counter)
        }
    }

    private static func quickOptions(_ change: (inout MessagingOptions) -> Void = { _ in }) -> MessagingOptions {
        var options = MessagingOptions.embeddedBroker
        options.gapTimeout = .milliseconds(100)
        options.republishTimeout = .seconds(1)
        change(&options)
        return options
    }

    @Test("a service that starts after the log was lost receives all events from the beginning, in slices that follow its watermark")
    func lateReader() async throws {
        try await Self.withLostLog(40) { stage, counter in
            let again = try stage.start(CounterService.registry, on: counter.pool)
            let options = Self.quickOptions { $0.republishAtMost = 7 }
            let asker = try stage.start(
                AskerService.registry, on: try await stage.database("asker", tables: AskerService.table), options: options)
            try await eventually("all are seen") { try await asker.seen("k").count == 40 }
            #expect(try await asker.seen("k") == Array(1...40))
            try await eventually("its watermarks have no gaps") {
                try await asker.number("select count(*) from inbox_watermark where topic = 'counter.events' and behind_since is not null")
                    == 0
            }
            let slices = try await again.number(
                "select count(*) from audit a join outbox o on o.cause = a.message_id and o.shard = \(Shard.of("k")) where a.type = 'platform.republish.v1' and o.topic = 'counter.events'"
            )
            #expect(slices >= 6, "forty events, at most seven at a time")
            #expect(
                try await again.number(
                    "select count(*) from outbox where shard = \(Shard.of("k")) and topic = 'counter.events'"
                )
                    >= 40)
            // It continues from there.
            _ = try await again.runtime.publisher.publish(41...41)
            try await eventually("the next is seen") { try await asker.seen("k").last == 41 }
        }
    }

    @Test("the answer of a producer slower than republishTimeout counts all the same, and the requests stop")
    func slowProducer() async throws {
        try await Self.withLostLog(5) { stage, counter in
            let again = try stage.start(
                CounterService.registry, on: counter.pool,
                faults: { point in if point == .received { try await Task.sleep(for: .seconds(3)) } })
            let asker = try stage.start(
                AskerService.registry, on: try await stage.database("asker", tables: AskerService.table),
                options: Self.quickOptions { $0.republishTimeout = .milliseconds(500) })
            try await eventually("all are seen") { try await asker.seen("k").count == 5 }
            try await eventually("it knows that it has caught up", within: .seconds(30)) {
                try await asker.number("select count(*) from inbox_watermark where behind_since is not null") == 0
            }
            #expect(try await asker.number("select count(*) from outbox where type = 'platform.republish.v1'") < 40)
            try await asker.stop()
            try await again.stop()
        }
    }

    @Test("a reader slower than republishTimeout does not repeat its request while the answer is buffered")
    func slowReader() async throws {
        try await Self.withLostLog(5) { stage, counter in
            let again = try stage.start(CounterService.registry, on: counter.pool)
            let asker = try stage.start(
                AskerService.registry, on: try await stage.database("asker", tables: AskerService.table),
                options: Self.quickOptions { $0.batchAtMost = 1 },
                faults: { point in if point == .received { try await Task.sleep(for: .milliseconds(150)) } })
            try await eventually("it knows that it has caught up", within: .seconds(120)) {
                let behind = try await asker.number("select count(*) from inbox_watermark where behind_since is not null")
                let seen = try await asker.seen("k")
                return behind == 0 && seen.count == 5
            }
            // A repetition names the first request as its cause. A few are acceptable: the partition's last record was just being handled.
            let repeated = try await asker.number("select count(*) from outbox where type = 'platform.republish.v1' and cause is not null")
            #expect(repeated <= 4, "asked again \(repeated) times")
            try await asker.stop()
            try await again.stop()
        }
    }

    @Test("numbers past retention are skipped, as the report's first number says, and the reader continues")
    func retention() async throws {
        try await Self.withLostLog(30) { stage, counter in
            // Delete the oldest, as housekeeping does.
            _ = try await counter.number("delete from outbox where version <= 10 and topic = 'counter.events' returning 1::bigint")
            let again = try stage.start(CounterService.registry, on: counter.pool)
            let asker = try stage.start(
                AskerService.registry, on: try await stage.database("asker", tables: AskerService.table),
                options: Self.quickOptions { $0.republishAtMost = 8 })
            try await eventually("the remaining events are seen") { try await asker.seen("k").count == 20 }
            #expect(try await asker.seen("k") == Array(11...30))
            let shard = Shard.of("k")
            let skipped = "select skipped_through from inbox_watermark where topic = 'counter.events' and shard = \(shard)"
            #expect(try await asker.number(skipped) == 10)
            _ = try await again.runtime.publisher.publish(31...32)
            try await eventually("later events are seen") { try await asker.seen("k").suffix(2) == [31, 32] }
            #expect(try await asker.number("select count(*) from inbox_held") == 0)
        }
    }

    @Test("a numbered record that never reached the log leaves a gap, which is requested and filled in order")
    func hole() async throws {
        try await MessagingFixture.with(services: ["counter", "asker"]) { stage in
            let counter = try stage.start(CounterService.registry, on: try await stage.database("counter", tables: CounterService.table))
            let asker = try stage.start(
                AskerService.registry, on: try await stage.database("asker", tables: AskerService.table), options: Self.quickOptions())
            _ = try await counter.runtime.publisher.publish(1...3)
            try await eventually("the first are seen") { try await asker.seen("k") == [1, 2, 3] }
            try await eventually("its watermarks have no gaps before the loss") {
                try await asker.number("select count(*) from inbox_watermark where topic = 'counter.events' and behind_since is not null")
                    == 0
            }
            try await counter.stop()
            // 4 gets its number and counts as published, but it was not sent.
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
            let again = try stage.start(CounterService.registry, on: counter.pool)
            _ = try await again.runtime.publisher.publish(5...6)
            try await eventually("the gap is filled") { try await asker.seen("k").count == 6 }
            #expect(try await asker.seen("k") == [1, 2, 3, 4, 5, 6])
            #expect(try await asker.number("select count(*) from inbox_held") == 0)
        }
    }

    @Test("a gap that cannot be filled is requested at intervals and does not block other events")
    func unfillable() async throws {
        try await MessagingFixture.with(services: ["counter", "asker"]) { stage in
            let counter = try stage.start(CounterService.registry, on: try await stage.database("counter", tables: CounterService.table))
            let asker = try stage.start(
                AskerService.registry, on: try await stage.database("asker", tables: AskerService.table), options: Self.quickOptions())
            _ = try await counter.runtime.publisher.publish(1...3)
            try await eventually("the first are seen") { try await asker.seen("k") == [1, 2, 3] }
            // A number without a row.
            _ = try await counter.number(
                "update outbox_sequence set last = last + 1 where topic = 'counter.events' and shard = \(Shard.of("k")) returning last")
            _ = try await counter.runtime.publisher.publish(4...5)
            try await eventually("later events are seen after the gap") { try await asker.seen("k") == [1, 2, 3, 4, 5] }
            func requests() async throws -> Int64 {
                try await asker.number("select count(*) from outbox where type = 'platform.republish.v1'")
            }
            let began = ContinuousClock.now
            let before = try await requests()
            try await eventually("it requests the gap again") { try await requests() >= before + 3 }
            // `republishTimeout` is one second, so three requests take at least two seconds.
            #expect(ContinuousClock.now - began > .seconds(1.5))
        }
    }
}

extension OutboxPublisher {
    /// Publishes an event for each total of the counter `k`. Returns how many.
    fileprivate func publish(_ totals: ClosedRange<Int64>) async throws -> Int64 {
        try await transaction("test", at: Date()) { _, output in
            for total in totals { try output.publish(try HookedServices.added("k", total: total), key: "k") }
            return Int64(totals.count)
        }
    }
}
