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
            _ = try stage.start(CounterService.registry, on: try await stage.database("counter", tables: CounterService.table))
            let isHeld = Switch(false)
            var options = MessagingOptions.embeddedBroker
            // Answers resume its requests before they are stored.
            options.isSingleInstance = true
            let asker = try stage.start(
                AskerService.registry, on: try await stage.database("asker", tables: AskerService.table), options: options,
                faults: { point in if point == .received { try await isHeld.waitWhileOn() } })
            let requests = asker.runtime.requests
            let beside = Requests(pool: asker.pool, lookUps: asker.pool, waiters: ReplyWaiters(), onCommit: {})
            for number in 1...6 {
                isHeld.isOn = true
                let (_, reply) = try await requests.ask(
                    AddAmount(counter: "k", amount: 1), key: "k", from: .test("\(number)"), within: .seconds(60))
                #expect(try #require(reply?.outcome).eventCount == 1)
                #expect(try await asker.number("select count(*) from seen") == number - 1, "without the wait an older state is read")
                let reader = number.isMultiple(of: 2) ? requests : beside
                let waiting = Task { try await reader.waitUntilApplied(organisation: "org", within: .seconds(60)) }
                try await eventually("the reader waits") { !reader.applied.isEmpty }
                isHeld.isOn = false
                try await waiting.value
                #expect(try await asker.number("select count(*) from seen") == number)
            }
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
            try await Self.keepYoung(asker)
            try await endsSoon("no wait") {
                try await requests.waitUntilApplied(organisation: "org", ids: [id, UUID()], within: .seconds(7200))
                try await requests.waitUntilApplied(organisation: "other", within: .seconds(7200))
            }
        }
    }

    @Test("there is no wait for commands whose outcome was not returned yet; another instance cannot know that, and waits up to its limit")
    func bounds() async throws {
        try await MessagingFixture.with(services: ["counter", "asker"]) { stage in
            let asker = try stage.start(AskerService.registry, on: try await stage.database("asker", tables: AskerService.table))
            let requests = asker.runtime.requests
            // There is no counter, so no answer arrives.
            let (id, reply) = try await requests.ask(
                AddAmount(counter: "k", amount: 1), key: "k", from: .test("k"), within: .milliseconds(50))
            #expect(reply == nil)
            try await Self.keepYoung(asker)
            try await endsSoon("no wait") { try await requests.waitUntilApplied(organisation: "org", within: .seconds(7200)) }
            let beside = Requests(pool: asker.pool, lookUps: asker.pool, waiters: ReplyWaiters(), onCommit: {})
            let waiting = Task { try await beside.waitUntilApplied(ids: [id], within: .seconds(7200)) }
            try await eventually("it waits") { !beside.applied.isEmpty }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
            try await endsSoon("the wait ends at its limit") { try await beside.waitUntilApplied(ids: [id], within: .milliseconds(50)) }
        }
    }

    /// Commands older than 30 s are not waited for. Those of a test must not become too old while it runs.
    private static func keepYoung(_ asker: RunningService<SeenRows>) async throws {
        try await asker.pool.withConnection { try await $0.script("update operation set recorded_at = now() + interval '1 day'") }
    }
}
