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
    /// The number of shards in which records are missing.
    private static let behind = "select count(*) from inbox_watermark where behind_since is not null"

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
            try await eventually("nothing is missing") { try await asker.number(Self.behind) == 0 }
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
            let isHeld = Switch(true)
            let again = try stage.start(
                CounterService.registry, on: counter.pool, faults: { point in if point == .received { try await isHeld.waitWhileOn() } })
            let asker = try stage.start(
                AskerService.registry, on: try await stage.database("asker", tables: AskerService.table),
                options: Self.quickOptions { $0.republishTimeout = .milliseconds(200) })
            // A repetition names the first request as its cause.
            try await eventually("it repeats its request") {
                try await asker.number("select count(*) from outbox where type = 'platform.republish.v1' and cause is not null") > 0
            }
            isHeld.isOn = false
            try await eventually("all are seen") { try await asker.seen("k").count == 5 }
            // Nothing is requested for a shard that is not behind.
            try await eventually("it knows that it has caught up") { try await asker.number(Self.behind) == 0 }
            #expect(try await asker.seen("k") == [1, 2, 3, 4, 5])
            try await asker.stop()
            try await again.stop()
        }
    }

    @Test("a reader slower than republishTimeout does not repeat its request while the answer is buffered")
    func slowReader() async throws {
        try await Self.withLostLog(5) { stage, counter in
            let isHeld = Switch(true)
            let again = try stage.start(CounterService.registry, on: counter.pool)
            let asker = try stage.start(
                AskerService.registry, on: try await stage.database("asker", tables: AskerService.table),
                options: Self.quickOptions { ($0.workers, $0.batchAtMost) = (1, 1) },
                faults: { point in if point == .received { try await isHeld.waitWhileOn() } })
            let shard = "topic = 'counter.events' and shard = \(Shard.of("k"))"
            try await eventually("it requests the records") {
                try await asker.number("select count(*) from inbox_watermark where \(shard) and requests > 0") == 1
            }
            // The answer has more records than the one that the worker holds. Until they are buffered the request is repeated.
            try await eventually("it does not repeat an old request") {
                let old = "set requests = 1, requested_at = clock_timestamp() - interval '30 seconds'"
                _ = try await asker.number("update inbox_watermark \(old) where \(shard) returning 1::bigint")
                try await Self.waitForLook(asker)
                return try await asker.number("select requests::bigint from inbox_watermark where \(shard)") == 1
            }
            isHeld.isOn = false
            try await eventually("it knows that it has caught up") { try await asker.number(Self.behind) == 0 }
            #expect(try await asker.seen("k") == [1, 2, 3, 4, 5])
            try await asker.stop()
            try await again.stop()
        }
    }

    /// Waits until the service has looked for gaps once more.
    private static func waitForLook(_ service: RunningService<SeenRows>) async throws {
        // The look that ends first may have begun before.
        for _ in 1...2 {
            service.runtime.health.report("catch-up", "not looked yet")
            try await eventually("a look for gaps ends") { service.runtime.health.problems["catch-up"] == nil }
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
            try await eventually("nothing is missing before the loss") { try await asker.number(Self.behind) == 0 }
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
            try await eventually("nothing is missing before the loss") { try await asker.number(Self.behind) == 0 }
            // A number without a row.
            _ = try await counter.number(
                "update outbox_sequence set last = last + 1 where topic = 'counter.events' and shard = \(Shard.of("k")) returning last")
            _ = try await counter.runtime.publisher.publish(4...5)
            try await eventually("later events are seen after the gap") { try await asker.seen("k") == [1, 2, 3, 4, 5] }
            var requested: [Int64] = []
            try await eventually("it requests the gap four times") {
                let last = try await asker.number(
                    """
                    select coalesce((extract(epoch from requested_at) * 1000000)::bigint, 0) from inbox_watermark
                    where topic = 'counter.events' and shard = \(Shard.of("k"))
                    """)
                if last > 0, last != requested.last { requested.append(last) }
                return requested.count == 4
            }
            // An answer does not fill the gap, and does not shorten the interval either.
            for (earlier, later) in zip(requested, requested.dropFirst()) {
                #expect(later - earlier >= 1_000_000, "republishTimeout is 1 s")
            }
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
