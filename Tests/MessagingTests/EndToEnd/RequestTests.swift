import Foundation
import Kafka
import Kernel
import Messages
import TestKit
import Testing
import Toys

@testable import Messaging

@Suite("Requests and replies")
struct RequestTests {
    @Test("the same idempotency key with the same body is the same command and answer; with another body it is refused")
    func idempotency() async throws {
        try await MessagingFixture.with(services: ["counter", "asker"]) { stage in
            let counter = try stage.start(CounterService.registry, on: try await stage.database("counter", tables: CounterService.table))
            let asker = try stage.start(AskerService.registry, on: try await stage.database("asker", tables: AskerService.table))
            let requests = asker.runtime.requests
            let add = AddAmount(counter: "k", amount: 1)
            let id = try await requests.accept(add, key: "k", from: .test("same", body: "{1}"))
            let first = try #require(try await requests.outcome(of: id, within: .seconds(60)))
            #expect(try await requests.accept(add, key: "k", from: .test("same", body: "{1}")) == id)
            #expect(try await requests.outcome(of: id, within: .seconds(60)) == first)
            await #expect(throws: PlatformRule.idempotencyKeyReused.refusal()) {
                try await requests.accept(add, key: "k", from: .test("same", body: "{2}"))
            }
            #expect(try await requests.accept(add, key: "k", from: .test("other", body: "{1}")) != id)
            await #expect(throws: PlatformRule.keyTooLong.refusal()) { try await requests.accept(add, key: "k", from: .test("")) }
            await #expect(throws: PlatformRule.keyTooLong.refusal()) {
                try await requests.accept(add, key: "k", from: .test(String(repeating: "x", count: 201)))
            }
            // Many concurrent requests with one key are one command.
            let ids = try await withThrowingTaskGroup(of: UUID.self) { group in
                for _ in 0..<20 { group.addTask { try await requests.accept(add, key: "k", from: .test("burst")) } }
                return try await group.reduce(into: Set<UUID>()) { $0.insert($1) }
            }
            #expect(ids.count == 1)
            for id in ids { _ = try #require(try await requests.outcome(of: id, within: .seconds(60))) }
            try await eventually("three were handled") { try await counter.number("select total from counter where name = 'k'") == 3 }
        }
    }

    @Test("an answer resumes a waiting request of this process before it is stored; then another instance can return it too")
    func waking() async throws {
        try await MessagingFixture.with(services: ["counter", "asker"]) { stage in
            _ = try stage.start(CounterService.registry, on: try await stage.database("counter", tables: CounterService.table))
            let isHeld = Switch(true)
            let asker = try stage.start(
                AskerService.registry, on: try await stage.database("asker", tables: AskerService.table),
                faults: { point in if point == .received { try await isHeld.waitWhileOn() } })
            let requests = asker.runtime.requests
            // The reader of answers begins at the end of the log, so it may miss the first ones.
            var answered: (id: UUID, outcome: Outcome)?
            var number = 0
            try await eventually("an answer resumes its request") {
                number += 1
                let (id, reply) = try await requests.ask(
                    AddAmount(counter: "k", amount: 1), key: "k", from: .test("\(number)"), within: .seconds(5))
                answered = reply?.outcome.map { (id: id, outcome: $0) }
                return answered != nil
            }
            let (id, outcome) = try #require(answered)
            #expect(try await asker.number("select count(*) from operation where outcome is not null") == 0)
            isHeld.isOn = false
            // A second instance that has only the database.
            let beside = Requests(pool: asker.pool, lookUps: asker.pool, waiters: ReplyWaiters(), onCommit: {})
            #expect(try await beside.outcome(of: id, within: .seconds(60)) == outcome)
            #expect(try await requests.outcome(of: UUID(), within: .milliseconds(50)) == nil)
        }
    }

    @Test("a single instance resumes a waiting request when the answer arrives, before it is stored")
    func arrival() async throws {
        try await MessagingFixture.with(services: ["counter", "asker"]) { stage in
            _ = try stage.start(CounterService.registry, on: try await stage.database("counter", tables: CounterService.table))
            var options = MessagingOptions.embeddedBroker
            options.isSingleInstance = true
            // Nothing that it receives is stored.
            let asker = try stage.start(
                AskerService.registry, on: try await stage.database("asker", tables: AskerService.table), options: options,
                faults: { point in if point == .received { try await Task.sleep(for: .seconds(3600)) } })
            let add = AddAmount(counter: "k", amount: 1)
            let (id, reply) = try await asker.runtime.requests.ask(add, key: "k", from: .test("1"), within: .seconds(60))
            #expect(reply?.outcome?.commandID == id)
            #expect(try await asker.number("select count(*) from operation where outcome is null") == 1)
        }
    }

    @Test("a token is sent with its command and deleted after the answer; a command with too long a token is not accepted")
    func token() async throws {
        try await MessagingFixture.with(services: ["counter", "asker"]) { stage in
            let counterPool = try await stage.database("counter", tables: CounterService.table)
            let asker = try stage.start(AskerService.registry, on: try await stage.database("asker", tables: AskerService.table))
            try await Wire.with(stage, reading: ["counter.commands"]) { wire in
                var caller = Requests.Caller.test("1", token: "eyJ.secret")
                let id = try await asker.runtime.requests.accept(AddAmount(counter: "k", amount: 1), key: "k", from: caller)
                try await eventually("the command is received") { !wire.records("counter.commands").isEmpty }
                #expect(wire.records("counter.commands").last?.headers.contains(KafkaHeader("ce_token", "eyJ.secret")) == true)
                #expect(try await asker.number("select count(*) from outbox where token is not null") == 1, "it may be republished")
                let counter = try stage.start(CounterService.registry, on: counterPool)
                _ = try #require(try await asker.runtime.requests.outcome(of: id, within: .seconds(60)))
                // The reply listener may be quicker than the table.
                try await eventually("the token is deleted") {
                    try await asker.number("select count(*) from outbox where token is not null") == 0
                }
                #expect(try await counter.number("select count(*) from outbox where token is not null") == 0)
                caller = .test("2", token: String(repeating: "t", count: MessageLimits.headerBytes + 1))
                await #expect(throws: PlatformRule.tokenInvalid.refusal()) {
                    try await asker.runtime.requests.accept(AddAmount(counter: "k", amount: 1), key: "k", from: caller)
                }
            }
        }
    }

    @Test("a command that another message caused is handled once, remembered and audited, and not answered")
    func causedCommand() async throws {
        try await MessagingFixture.with(services: ["counter"]) { stage in
            let counter = try stage.start(CounterService.registry, on: try await stage.database("counter", tables: CounterService.table))
            try await Wire.with(stage) { wire in
                let (id, cause) = (UUID(), UUID())
                for _ in 0..<2 {
                    try await wire.send(
                        key: "k", value: try MessageBody.encode(AddAmount(counter: "k", amount: 2)),
                        headers: Records.commandHeaders(id: id).with("ce_cause", cause.uuidString.lowercased()))
                }
                // The partition is read in order: when this command is answered, those before it are handled.
                let asked = try await wire.add("k", 1)
                try await eventually("the command without a cause is answered") { !wire.answers(to: asked).isEmpty }
                #expect(try await counter.number("select total from counter where name = 'k'") == 3)
                #expect(try await counter.number("select count(*) from inbox_command") == 2)
                #expect(try await counter.number("select count(*) from audit where type = 'counter.add-amount.v1'") == 2)
                #expect(wire.answers(to: id).isEmpty)
                #expect(try await counter.number("select count(*) from outbox where topic = 'replies' and cause = '\(id)'") == 0)
            }
        }
    }

    @Test("ask waits for the outcome, returns nil before there is one, and a repetition is the same request")
    func asking() async throws {
        try await MessagingFixture.with(services: ["counter", "asker"]) { stage in
            let asker = try stage.start(AskerService.registry, on: try await stage.database("asker", tables: AskerService.table))
            let requests = asker.runtime.requests
            let add = AddAmount(counter: "k", amount: 1)
            let early = try await requests.ask(add, key: "k", from: .test("same"), within: .milliseconds(100))
            #expect(early.reply == nil)
            _ = try stage.start(CounterService.registry, on: try await stage.database("counter", tables: CounterService.table))
            let again = try await requests.ask(add, key: "k", from: .test("same"), within: .seconds(60))
            #expect(again.id == early.id && again.reply?.outcome != nil && again.reply?.outcome?.refusal == nil)
            #expect(try await requests.ask(add, key: "k", from: .test("same"), within: .seconds(60)).reply == again.reply)
            await #expect(throws: PlatformRule.idempotencyKeyReused.refusal()) {
                _ = try await requests.ask(add, key: "k", from: .test("same", body: "{2}"), within: .seconds(60))
            }
            let fresh = try await requests.ask(add, key: "k", from: .test("fresh"), within: .seconds(60))
            #expect(fresh.reply?.outcome != nil && requests.waiters.isEmpty)
        }
    }

    @Test("a request whose task is cancelled ends at once and leaves no waiter")
    func cancelled() async throws {
        try await MessagingFixture.with(services: ["counter", "asker"]) { stage in
            let asker = try stage.start(AskerService.registry, on: try await stage.database("asker", tables: AskerService.table))
            let requests = asker.runtime.requests
            let asking = Task {
                try await requests.ask(AddAmount(counter: "k", amount: 1), key: "k", from: .test("1"), within: .seconds(3600))
            }
            try await eventually("it is accepted") { try await asker.number("select count(*) from operation") == 1 }
            asking.cancel()
            try await endsSoon("the request ends") { _ = await asking.result }
            await #expect(throws: (any Error).self) { _ = try await asking.value }
            #expect(requests.waiters.isEmpty)
        }
    }

    @Test("command, event and reply share one trace, have spans of their own, and name the command as cause")
    func trace() async throws {
        try await MessagingFixture.with(services: ["counter", "asker"]) { stage in
            _ = try stage.start(CounterService.registry, on: try await stage.database("counter", tables: CounterService.table))
            let asker = try stage.start(AskerService.registry, on: try await stage.database("asker", tables: AskerService.table))
            try await Wire.with(stage, reading: ["counter.commands", "counter.events", Topic.replies]) { wire in
                let id = try await asker.runtime.requests.accept(AddAmount(counter: "k", amount: 1), key: "k", from: .test("1"))
                _ = try #require(try await asker.runtime.requests.outcome(of: id, within: .seconds(60)))
                func envelope(_ topic: String, _ type: MessageType) async throws -> Envelope {
                    var found: Envelope?
                    try await eventually("\(type) is received") {
                        found = wire.records(topic).compactMap { try? EnvelopeHeaders.envelope(of: $0) }.first {
                            $0.type == type && ($0.id == id || $0.cause == id)
                        }
                        return found != nil
                    }
                    return try #require(found)
                }
                let command = try await envelope("counter.commands", AddAmount.type)
                let event = try await envelope("counter.events", AmountAdded.type)
                let reply = try await envelope(Topic.replies, Outcome.type)
                let traces = [command, event, reply].compactMap(\.trace)
                #expect(traces.count == 3 && Set(traces.map(\.traceID)).count == 1 && Set(traces.map(\.spanID)).count == 3)
                #expect(event.cause == id && reply.cause == id && event.time == command.time && reply.time == command.time)
                #expect(event.version == 1 && command.version == nil && [command, event, reply].allSatisfy { $0.place != nil })
            }
        }
    }
}
