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

/// Partitions are revoked while a batch is being processed.
@Suite("Rebalance", .serialized)
struct RebalanceTests {
    private static let keys = (1...20).map { "k\($0)" }

    @Test("a batch whose partitions are revoked parks nothing; the next owner processes it")
    func parksNothing() async throws {
        try await MessagingFixture.with(services: ["counter", "asker"]) { stage in
            let pool = try await stage.database("counter", tables: CounterService.table)
            let asker = try stage.start(AskerService.registry, on: try await stage.database("asker", tables: AskerService.table))
            let failure = ErrorWhilePaused()
            var oneWorker = MessagingOptions.embeddedBroker
            oneWorker.workers = 1
            let first = try stage.start(
                CounterService.registry, on: pool, options: oneWorker,
                faults: { point in try failure.reach(point) })
            failure.watch(first.runtime.health)
            for key in Self.keys {
                _ = try await asker.runtime.requests.accept(AddAmount(counter: key, amount: 1), key: key, from: .test(key))
            }
            try await eventually("the batch is tried") { failure.attempts > 1 }

            let second = try stage.start(CounterService.registry, on: pool)
            try await eventually("the next owner processes its partitions") {
                try await second.number("select coalesce(sum(total), 0)::bigint from counter") > 0
            }
            let before = failure.attempts
            try await eventually("the first owner tries again") { failure.attempts > before }
            failure.end()
            try await eventually("all is done") { try await second.number("select coalesce(sum(total), 0)::bigint from counter") == 20 }
            #expect(try await second.number("select count(*) from parked") == 0)
            #expect(failure.attemptsWithoutPause == 0)
            try await first.stop()
            try await second.stop()
            try await asker.stop()
        }
    }

    @Test("the first event of a key is applied once, even if two instances process it at the same time")
    func firstEventOnce() async throws {
        try await MessagingFixture.with(services: ["counter"]) { stage in
            let pool = try await stage.database("asker", tables: AskerService.table)
            let record = Records.record(
                topic: "counter.events", value: Array(#"{"counter":"k","amount":1,"total":1}"#.utf8),
                headers: Records.eventHeaders(version: 1, shard: 0, sequence: 1))
            let isHolding = Mutex(true)
            let hasDecided = Atomic(false)
            let slow = Self.owner { point in
                if point == .decided { hasDecided.store(true, ordering: .relaxed) }
                while point == .decided, isHolding.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(5)) }
            }
            async let first = Self.take(record, slow, pool)
            try await eventually("the first owner has decided") { hasDecided.load(ordering: .relaxed) }
            let second = Task { try await Self.take(record, Self.owner(), pool) }
            try await eventually("the second waits for the first one's rows") {
                try await Self.count(pool, "wait_event_type = 'Lock'") == 1
            }
            isHolding.withLock { $0 = false }

            try await first
            let error = await #expect(throws: PostgresError.self) { try await second.value }
            #expect(error.map { WorkerFailure.isTransient($0) } == true)
            try await Self.take(record, Self.owner(), pool)
            let seen = PostgresStatement("test.seen", "select count(*) from seen")
            let effects = try await pool.withConnection { try await $0.query(seen).first?.decode(column: 0, as: Int64.self) }
            #expect(effects == 1)
        }
    }

    private static func owner(_ faults: FaultHook? = nil) -> BatchProcessor<SeenRows> {
        BatchProcessor(
            registry: AskerService.registry,
            store: InboxStore(reader: Reader(registry: AskerService.registry, bounds: CommandTimeBounds())),
            parking: Parking(service: "asker", rowsPerKeyAtMost: 10), ids: UUIDv7Source(), faults: faults)
    }

    private static func take(_ record: KafkaRecord, _ owner: BatchProcessor<SeenRows>, _ pool: PostgresPool) async throws {
        _ = try await pool.withTransaction("batch") { try await owner.process([owner.store.reader.read(record)], on: $0) }
    }

    private static func count(_ pool: PostgresPool, _ condition: String) async throws -> Int64? {
        let sql = "select count(*) from pg_stat_activity where datname = current_database() and \(condition)"
        return try await pool.withConnection { try await $0.query(PostgresStatement(sql, sql)).first?.decode(column: 0, as: Int64.self) }
    }
}

/// An error that persists while every attempt of a batch but its first follows a pause, and ends at an attempt that does not.
private final class ErrorWhilePaused: Sendable {
    private struct Passing: TransientFailure {}

    private struct State {
        var attempts = 0
        var attemptsWithoutPause = 0
        var isFirst = true
        var isOver = false
        var health: MessagingHealth?
    }

    private static let worker = "worker-0"

    private let state = Mutex(State())

    var attempts: Int { state.withLock { $0.attempts } }
    var attemptsWithoutPause: Int { state.withLock { $0.attemptsWithoutPause } }

    func end() { state.withLock { $0.isOver = true } }

    /// The worker reports to this health before each pause.
    func watch(_ health: MessagingHealth) { state.withLock { $0.health = health } }

    func reach(_ point: FaultPoint) throws {
        let fails = state.withLock { state -> Bool in
            if point == .received { state.isFirst = true }
            guard point == .written, !state.isOver else { return false }
            state.attempts += 1
            let hasPaused = state.health.map { $0.problems[Self.worker] != nil } ?? true
            state.health?.clear(Self.worker)
            if !state.isFirst, !hasPaused { state.attemptsWithoutPause += 1 }
            state.isFirst = false
            return state.attemptsWithoutPause == 0
        }
        if fails { throw Passing() }
    }
}
