import Foundation
import Kernel
import Messages
import TestKit
import Testing
import Toys

@testable import Messaging

private struct Broken: Error {}
private struct KeyIsMissing: TransientFailure, CustomStringConvertible {
    let description = "the verification key has not arrived"
}

/// The counter, with a handler that fails as a test tells it to.
private enum BrittleCounter {
    static func registry(_ hook: @escaping @Sendable (AddAmount) throws -> Void) -> HandlerRegistry<CounterRows> {
        HandlerRegistry(service: "counter", rows: CounterRows.self) { Handles(BrittleHandler(hook: hook)) }
    }

    private struct BrittleHandler: Handler {
        let hook: @Sendable (AddAmount) throws -> Void

        func requestRows(for input: AddAmount, in rows: inout CounterRows) { rows.request(input.counter) }

        func handle(_ input: AddAmount, context: HandlingContext, rows: inout CounterRows, output: inout HandlerOutput) throws {
            try hook(input)
            try AddAmountHandler().handle(input, context: context, rows: &rows, output: &output)
            // Output and changes made before an error are discarded with it.
            if input.amount == 666 { throw Broken() }
            if input.amount == 4444 { try output.answer(String(repeating: "x", count: 2 << 20)) }
        }
    }
}

@Suite("Handlers that fail")
struct HandlerFailureTests {
    @Test("a handler's error parks only its own message; effects and refusals of the batch's other messages are kept")
    func onlyItsOwn() async throws {
        try await MessagingFixture.with(services: ["counter"], partitions: 1) { stage in
            let pool = try await stage.database("counter", tables: CounterService.table)
            try await Wire.with(stage, partitions: 1) { wire in
                // Sent before the service starts, so that they come in one batch.
                let before = try await wire.add("a", 5)
                let refused = try await wire.add("b", -1)
                let broken = try await wire.add("c", 666)
                let behind = try await wire.add("c", 1)
                let huge = try await wire.add("d", 4444)
                let after = try await wire.add("a", 7)
                let counter = try stage.start(BrittleCounter.registry { _ in }, on: pool)
                #expect(try await wire.answer(to: before).result == "5")
                #expect(try await wire.answer(to: after).result == "12")
                #expect(try await wire.answer(to: refused).refusal?.clauses == ["QUAN-11"])
                try await eventually("three are parked, one of them behind another") { try await counter.parked().count == 3 }
                let rows = try await counter.parked()
                #expect(rows.map(\.reason) == ["handler-failed", "behind-parked", "handler-failed"])
                #expect(rows[0].explanation.contains("Broken") && rows[2].explanation.contains("a body has at most"))
                for id in [broken, behind, huge] { #expect(wire.answers(to: id).isEmpty) }
                #expect(try await counter.number("select count(*) from counter where name in ('b', 'c', 'd')") == 0)
                #expect(try await counter.number("select count(*) from outbox where topic = 'counter.events'") == 2)
                // A refusal writes an answer and an audit row, nothing else.
                #expect(try await counter.number("select count(*) from audit where message_id = '\(refused)' and outcome = 'refused'") == 1)
            }
        }
    }

    @Test("values that PostgreSQL rejects: NUL is refused when decoded; a key too long for an index is parked, not retried for ever")
    func unstorable() async throws {
        try await MessagingFixture.with(services: ["counter"], partitions: 1) { stage in
            let pool = try await stage.database("counter", tables: CounterService.table)
            try await Wire.with(stage, partitions: 1) { wire in
                var random = Seeded()
                let long = (0..<9000).map { _ in String(UnicodeScalar(UInt8.random(in: 97...122, using: &random))) }.joined()
                let before = try await wire.add("a", 5)
                let nul = try await wire.command(AddAmount(counter: "n\u{0}", amount: 1), key: "nul")
                let bad = try await wire.command(AddAmount(counter: long, amount: 1), key: "long")
                let after = try await wire.add("a", 7)
                let counter = try stage.start(BrittleCounter.registry { _ in }, on: pool)
                #expect(try await wire.answer(to: before).result == "5")
                #expect(try await wire.answer(to: after).result == "12")
                #expect(try await wire.answer(to: nul).refusal?.clauses == ["QUAN-01"])
                try await eventually("it is parked") { try await counter.parked().count == 1 }
                #expect(try await counter.parked().allSatisfy { $0.isHead && $0.reason == "handler-failed" && $0.attempts == 1 })
                #expect(wire.answers(to: bad).isEmpty)
                try await eventually("nothing is retried any more") { counter.runtime.health.problems.isEmpty }
            }
        }
    }

    @Test("after a transient failure only the message's partition is paused, health reports it, and the message is handled once")
    func transient() async throws {
        try await MessagingFixture.with(services: ["counter"], partitions: 2) { stage in
            let isMissing = Switch(true)
            var options = MessagingOptions.embeddedBroker
            // One worker, shared by the paused partition and the others.
            options.workers = 1
            let counter = try stage.start(
                BrittleCounter.registry { input in if input.counter == "waits", isMissing.isOn { throw KeyIsMissing() } },
                on: try await stage.database("counter", tables: CounterService.table), options: options)
            let other = try #require(
                (0..<100).map { "other\($0)" }.first {
                    Shard.partition(of: Shard.of($0), partitions: 2) != Shard.partition(of: Shard.of("waits"), partitions: 2)
                })
            try await Wire.with(stage, partitions: 2) { wire in
                let waiting = try await wire.add("waits")
                try await eventually("health reports it") {
                    counter.runtime.health.problems.values.contains { $0.contains("verification key") }
                }
                for _ in 0..<3 {
                    let going = try await wire.add(other)
                    #expect(try await wire.answer(to: going).refusal == nil)
                }
                #expect(wire.answers(to: waiting).isEmpty)
                #expect(!counter.runtime.health.problems.isEmpty)
                isMissing.isOn = false
                #expect(try await wire.answer(to: waiting).result == "1")
                try await eventually("health is clear") { counter.runtime.health.problems.isEmpty }
                #expect(try await counter.parked().isEmpty)
                #expect(try await counter.number("select total from counter where name = 'waits'") == 1)
            }
        }
    }
}
