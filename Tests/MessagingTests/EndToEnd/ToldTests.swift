import Foundation
import Kernel
import Messages
import Postgres
import TestKit
import Testing
import Toys

@testable import Messaging

@Suite("Reading what one was answered")
struct ToldTests {
    @Test(
        "after an answer that something is done, waiting until it is told is enough to find it, in every instance, however late the events come"
    )
    func readYourWrites() async throws {
        try await MessagingStage.with(services: ["counter", "asker"]) { stage in
            var late = MessagingOptions.embeddedBroker
            late.gathering = .milliseconds(200)
            _ = try stage.start(
                CounterService.contents, on: try await stage.database("counter", tables: CounterService.table), options: late)
            var slow = MessagingOptions.embeddedBroker
            (slow.isAlone, slow.pace) = (true, .milliseconds(100))
            let asker = try stage.start(
                AskerService.contents, on: try await stage.database("asker", tables: AskerService.table), options: slow)
            let requests = asker.runtime.requests
            let beside = Requests(pool: asker.pool, waiters: ReplyWaiters(), hasWritten: { _ in })
            var stale = 0
            for number in 1...12 {
                let (_, reply) = try await requests.ask(
                    AddAmount(counter: "k", amount: 1), key: "k", from: .test("\(number)"), within: .seconds(60))
                #expect(try #require(reply?.outcome).eventCount == 1)
                if try await asker.number("select count(*) from seen") < number { stale += 1 }
                try await (number.isMultiple(of: 2) ? requests : beside).waitUntilTold(organisation: "org", within: .seconds(60))
                #expect(try await asker.number("select count(*) from seen") == number)
            }
            // Without the waiting the state that is read is an older one.
            #expect(stale > 0)
        }
    }

    @Test("nobody waits for what nobody asked for, for what was refused, or for what another organisation asked")
    func nothingToWaitFor() async throws {
        try await MessagingStage.with(services: ["counter", "asker"]) { stage in
            _ = try stage.start(CounterService.contents, on: try await stage.database("counter", tables: CounterService.table))
            let asker = try stage.start(AskerService.contents, on: try await stage.database("asker", tables: AskerService.table))
            let requests = asker.runtime.requests
            let (id, reply) = try await requests.ask(
                AddAmount(counter: "k", amount: -1), key: "k", from: .test("refused"), within: .seconds(60))
            let outcome = try #require(reply?.outcome)
            #expect(outcome.refusal != nil && outcome.eventCount == nil)
            try await eventually("the outcome is recorded") {
                try await asker.number("select count(*) from operation where outcome is not null") == 1
            }
            let began = ContinuousClock.now
            try await requests.waitUntilTold(organisation: "org", ids: [id, UUID()], within: .seconds(60))
            try await requests.waitUntilTold(organisation: "other", within: .seconds(60))
            #expect(.now - began < .seconds(20))
        }
    }

    @Test("what was promised and answered to nobody yet is not waited for; what has not come within the bound is given up")
    func bounds() async throws {
        try await MessagingStage.with(services: ["counter", "asker"]) { stage in
            let asker = try stage.start(AskerService.contents, on: try await stage.database("asker", tables: AskerService.table))
            let requests = asker.runtime.requests
            // There is no counter: nobody answers.
            let (id, reply) = try await requests.ask(
                AddAmount(counter: "k", amount: 1), key: "k", from: .test("k"), within: .milliseconds(50))
            #expect(reply == nil)
            let began = ContinuousClock.now
            try await requests.waitUntilTold(organisation: "org", within: .seconds(60))
            #expect(.now - began < .seconds(20))
            // Another instance cannot know that nobody was answered.
            let beside = Requests(pool: asker.pool, waiters: ReplyWaiters(), hasWritten: { _ in })
            let again = ContinuousClock.now
            try await beside.waitUntilTold(ids: [id], within: .milliseconds(300))
            #expect(.now - again >= .milliseconds(300))
        }
    }
}
