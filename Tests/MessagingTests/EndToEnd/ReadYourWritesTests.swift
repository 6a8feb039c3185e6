import Foundation
import Kernel
import Messages
import Postgres
import TestKit
import Testing
import Toys

@testable import Messaging

@Suite("Read your writes")
struct ReadYourWritesTests {
    @Test(
        "after an answer, waitUntilApplied is enough to read the command's effects, in every instance, however late the events arrive"
    )
    func readYourWrites() async throws {
        try await MessagingFixture.with(services: ["counter", "asker"]) { stage in
            var late = MessagingOptions.embeddedBroker
            late.outboxLinger = .milliseconds(200)
            _ = try stage.start(
                CounterService.registry, on: try await stage.database("counter", tables: CounterService.table), options: late)
            var slow = MessagingOptions.embeddedBroker
            (slow.isSingleInstance, slow.batchInterval) = (true, .milliseconds(100))
            let asker = try stage.start(
                AskerService.registry, on: try await stage.database("asker", tables: AskerService.table), options: slow)
            let requests = asker.runtime.requests
            let beside = Requests(pool: asker.pool, waiters: ReplyWaiters(), onCommit: { _ in })
            var stale = 0
            for number in 1...12 {
                let (_, reply) = try await requests.ask(
                    AddAmount(counter: "k", amount: 1), key: "k", from: .test("\(number)"), within: .seconds(60))
                #expect(try #require(reply?.outcome).eventCount == 1)
                if try await asker.number("select count(*) from seen") < number { stale += 1 }
                try await (number.isMultiple(of: 2) ? requests : beside).waitUntilApplied(organisation: "org", within: .seconds(60))
                #expect(try await asker.number("select count(*) from seen") == number)
            }
            // Without the wait an older state is read.
            #expect(stale > 0)
        }
    }

    @Test("an instance that applies events notifies the other instances of its service")
    func notified() async throws {
        try await MessagingFixture.with(services: ["counter", "asker"]) { stage in
            _ = try stage.start(CounterService.registry, on: try await stage.database("counter", tables: CounterService.table))
            let asker = try stage.start(AskerService.registry, on: try await stage.database("asker", tables: AskerService.table))
            let other = PostgresListener(asker.pool.configuration, channels: [AppliedSignal.channel], logger: stage.logger)
            var hints = other.hints(on: AppliedSignal.channel).makeAsyncIterator()
            let listening = Task { await other.run() }
            defer { listening.cancel() }
            // The first hint is that of the connection.
            #expect(await hints.next() != nil)
            _ = try await asker.runtime.requests.ask(
                AddAmount(counter: "k", amount: 1), key: "k", from: .test("1"), within: .seconds(60))
            #expect(await hints.next() != nil)
        }
    }

    @Test("there is no wait for unknown commands, refused commands or commands of another organisation")
    func nothingToWaitFor() async throws {
        try await MessagingFixture.with(services: ["counter", "asker"]) { stage in
            _ = try stage.start(CounterService.registry, on: try await stage.database("counter", tables: CounterService.table))
            let asker = try stage.start(AskerService.registry, on: try await stage.database("asker", tables: AskerService.table))
            let requests = asker.runtime.requests
            let (id, reply) = try await requests.ask(
                AddAmount(counter: "k", amount: -1), key: "k", from: .test("refused"), within: .seconds(60))
            let outcome = try #require(reply?.outcome)
            #expect(outcome.refusal != nil && outcome.eventCount == nil)
            try await eventually("the outcome is recorded") {
                try await asker.number("select count(*) from operation where outcome is not null") == 1
            }
            let began = ContinuousClock.now
            try await requests.waitUntilApplied(organisation: "org", ids: [id, UUID()], within: .seconds(60))
            try await requests.waitUntilApplied(organisation: "other", within: .seconds(60))
            #expect(.now - began < .seconds(20))
        }
    }

    @Test("there is no wait for commands whose outcome was not returned yet, and the wait ends at its limit")
    func bounds() async throws {
        try await MessagingFixture.with(services: ["counter", "asker"]) { stage in
            let asker = try stage.start(AskerService.registry, on: try await stage.database("asker", tables: AskerService.table))
            let requests = asker.runtime.requests
            // There is no counter, so no answer arrives.
            let (id, reply) = try await requests.ask(
                AddAmount(counter: "k", amount: 1), key: "k", from: .test("k"), within: .milliseconds(50))
            #expect(reply == nil)
            let began = ContinuousClock.now
            try await requests.waitUntilApplied(organisation: "org", within: .seconds(60))
            #expect(.now - began < .seconds(20))
            // Another instance cannot know that the outcome was not returned.
            let beside = Requests(pool: asker.pool, waiters: ReplyWaiters(), onCommit: { _ in })
            let again = ContinuousClock.now
            try await beside.waitUntilApplied(ids: [id], within: .milliseconds(300))
            #expect(.now - again >= .milliseconds(300))
        }
    }
}
