import Foundation
import Kernel
import Messages
import Messaging
import Postgres
import Synchronization
import TestKit
import Testing
import Toys

/// Partitions change hands while a batch is out.
@Suite("Partitions that change hands", .serialized)
struct HandOverTests {
    private static let keys = (1...20).map { "k\($0)" }

    @Test("a batch that its owner had to give up sets nothing aside: the next owner takes it")
    func nothingSetAside() async throws {
        try await MessagingStage.with(services: ["counter", "asker"]) { stage in
            let pool = try await stage.database("counter", tables: CounterService.table)
            let asker = try stage.start(AskerService.contents, on: try await stage.database("asker", tables: AskerService.table))
            let trouble = TroubleWhilePaused()
            var oneLane = MessagingOptions()
            oneLane.lanes = 1
            let first = try stage.start(
                CounterService.contents, on: pool, options: oneLane, faults: { point in if point == .written { try trouble.meet() } })
            for key in Self.keys {
                _ = try await asker.runtime.requests.accept(AddAmount(counter: key, amount: 1), key: key, from: .test(key))
            }
            try await eventually("the batch is tried") { trouble.times > 1 }

            let second = try stage.start(CounterService.contents, on: pool)
            try await eventually("the next owner takes its part") {
                try await second.number("select coalesce(sum(total), 0)::bigint from counter") > 0
            }
            let before = trouble.times
            try await eventually("the first owner tries again") { trouble.times > before }
            trouble.end()
            try await eventually("all is done") { try await second.number("select coalesce(sum(total), 0)::bigint from counter") == 20 }
            #expect(try await second.number("select count(*) from parked") == 0)
            try await first.stop()
            try await second.stop()
            try await asker.stop()
        }
    }

    @Test("the first event of a key has its effect once, though two owners have it in hand at the same time")
    func firstEventOnce() async throws {
        // Two partitions for two lanes: whichever of them moves, its first owner has it in hand.
        try await MessagingStage.with(services: ["counter", "asker", "follower"], partitions: 2) { stage in
            let pool = try await stage.database("follower", tables: AskerService.table)
            let counter = try stage.start(
                CounterService.contents, on: try await stage.database("counter", tables: CounterService.table))
            let asker = try stage.start(AskerService.contents, on: try await stage.database("asker", tables: AskerService.table))
            func promise(_ round: String) async throws {
                for key in Self.keys {
                    _ = try await asker.runtime.requests.accept(
                        AddAmount(counter: round + key, amount: 1), key: round + key, from: .test(round + key))
                }
            }
            // A first round, so that every partition has a committed offset.
            let early = try stage.start(Self.follower, on: pool)
            try await promise("a")
            try await eventually("the first round is seen") { try await early.number("select count(*) from seen") == 20 }
            try await early.stop()
            try await promise("b")
            try await eventually("all is told") { try await asker.number("select count(*) from seen") == 40 }

            let isHolding = Mutex(true)
            let inHand = Mutex(0)
            let slow = try stage.start(
                Self.follower, on: pool,
                faults: { point in
                    guard point == .decided else { return }
                    inHand.withLock { $0 += 1 }
                    while isHolding.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(20)) }
                })
            try await eventually("the events are in hand") { inHand.withLock { $0 } == 2 }
            let quick = try stage.start(Self.follower, on: pool)
            try await eventually("the next owner waits for the first one's rows") {
                try await quick.number(
                    """
                    select count(*) from pg_stat_activity
                    where datname = current_database() and wait_event_type = 'Lock' and query like '%inbox_watermark%'
                    """) > 0
            }
            isHolding.withLock { $0 = false }
            try await eventually("all is seen") { try await quick.number("select count(distinct counter) from seen") == 40 }
            for service in [slow, quick] { try await service.stop() }
            #expect(try await quick.number("select count(*) from seen") == 40)
            try await asker.stop()
            try await counter.stop()
        }
    }

    private static let follower = Contents(service: "follower", rows: SeenRows.self) { Follows(AmountAddedHandler()) }
}

/// A trouble that lasts for as long as tries are paused between, and is over when they follow each other at once.
private final class TroubleWhilePaused: Sendable {
    private struct Passing: TransientFailure {}

    private let state = Mutex<(times: Int, last: ContinuousClock.Instant?, quick: Int, isOver: Bool)>((0, nil, 0, false))

    var times: Int { state.withLock { $0.times } }

    func end() { state.withLock { $0.isOver = true } }

    func meet() throws {
        let isOver = state.withLock { state -> Bool in
            let now = ContinuousClock.now
            state.times += 1
            if let last = state.last, now - last < .milliseconds(20) { state.quick += 1 }
            state.last = now
            return state.isOver || state.quick > 2
        }
        if !isOver { throw Passing() }
    }
}
