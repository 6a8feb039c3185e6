import Foundation
import Kernel
import Messages
import Messaging
import TestKit
import Testing

@testable import Timer

@Suite("Firing of timers", .serialized)
struct FiringTests {
    @Test("each timer fires once when three instances compete for the same timers")
    func race() async throws {
        try await TimerFixture.with { fixture in
            for number in 1...60 { try await fixture.schedule("t\(number)", after: Double(number % 7)) }
            let second = try fixture.messaging.start(TimerHandlers.registry, on: fixture.timer.pool, options: TimerFixture.options)
            let third = try fixture.messaging.start(TimerHandlers.registry, on: fixture.timer.pool, options: TimerFixture.options)
            fixture.clock.set(TimerFixture.start.addingTimeInterval(10))
            let loops = [fixture.timer, second, third].map { fixture.dueTimerLoop($0) }
            let count = try await withThrowingTaskGroup(of: Int.self) { group in
                for loop in loops {
                    group.addTask {
                        var fired = 0
                        try await eventually("no timer waits") {
                            fired += try await loop.fireDueTimers()
                            return try await fixture.timer.number("select count(*) from timer where state = 'waiting'") == 0
                        }
                        return fired
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(count == 60)
            let fired = try await fixture.fired(60)
            #expect(fired.count == 60 && Set(fired).count == 60)
        }
    }

    @Test("a crash before the commit fires no timer; after a crash that follows the commit the timer does not fire again")
    func crashes() async throws {
        try await TimerFixture.with { fixture in
            try await fixture.schedule("a", after: 1)
            fixture.clock.advance(seconds: 2)
            for point in [FaultPoint.locked, .written] {
                let failing = fixture.dueTimerLoop { if $0 == point { throw Crash() } }
                await #expect(throws: Crash.self) { try await failing.fireDueTimers() }
                #expect(try await fixture.timer.number("select count(*) from timer where state = 'fired'") == 0)
                #expect(try await fixture.timer.number("select count(*) from outbox where type = 'timer.timer-fired.v1'") == 0)
            }
            let failing = fixture.dueTimerLoop { if $0 == .committed { throw Crash() } }
            // A row that a handler has locked is skipped until a later pass.
            try await eventually("the timer fires") {
                await #expect(throws: Crash.self) { try await failing.fireDueTimers() }
                return try await fixture.timer.number("select count(*) from timer where state = 'fired'") == 1
            }
            #expect(try await fixture.dueTimerLoop().fireDueTimers() == 0)
            #expect(try await fixture.fired(1) == ["a 1 2"])
            #expect(try await fixture.timer.number("select count(*) from outbox where type = 'timer.timer-fired.v1'") == 1)
        }
    }

    @Test("a cancelled timer does not fire; cancelling a fired or unknown timer is not an error")
    func cancel() async throws {
        try await TimerFixture.with { fixture in
            try await fixture.schedule("a", after: 1)
            try await fixture.schedule("b", after: 1)
            #expect(try await fixture.cancel("a").refusal == nil)
            #expect(try await fixture.cancel("never").refusal == nil)
            fixture.clock.advance(seconds: 5)
            #expect(try await fixture.fire(1) == 1)
            #expect(try await fixture.fired(1) == ["b 1 5"])
            #expect(try await fixture.cancel("b").refusal == nil)
            // A cancelled timer may be scheduled again.
            try await fixture.schedule("a", after: 7)
            fixture.clock.advance(seconds: 10)
            #expect(try await fixture.fire(1) == 1)
            #expect(try await fixture.fired(2) == ["b 1 5", "a 7 15"])
        }
    }

    @Test("scheduling a name again moves the timer, and a grace delays it")
    func move() async throws {
        try await TimerFixture.with { fixture in
            try await fixture.schedule("a", after: 10)
            try await fixture.schedule("a", after: 20, grace: 5)
            fixture.clock.advance(seconds: 24)
            #expect(try await fixture.dueTimerLoop().fireDueTimers() == 0)
            fixture.clock.advance(seconds: 1)
            #expect(try await fixture.fire(1) == 1)
            #expect(try await fixture.fired(1) == ["a 20 25"])
        }
    }

    @Test("a fired timer does not fire again for the same instant but does for another, so that a move during the firing is never lost")
    func again() async throws {
        try await TimerFixture.with { fixture in
            try await fixture.schedule("a", after: 1)
            fixture.clock.advance(seconds: 2)
            #expect(try await fixture.fire(1) == 1)
            #expect(try await fixture.schedule("a", after: 1).result == #"{"state":"fired"}"#)
            #expect(try await fixture.dueTimerLoop().fireDueTimers() == 0)
            try await fixture.schedule("a", after: 3)
            fixture.clock.advance(seconds: 2)
            #expect(try await fixture.fire(1) == 1)
            #expect(try await fixture.fired(2) == ["a 1 2", "a 3 4"])
        }
    }

    @Test("a timer that became due while the service was stopped fires after the restart; a timer in the past fires at once")
    func catchUp() async throws {
        try await TimerFixture.with { fixture in
            try await fixture.schedule("a", after: 10)
            try await fixture.timer.stop()
            fixture.clock.advance(seconds: 3600)
            let again = try fixture.messaging.start(TimerHandlers.registry, on: fixture.timer.pool, options: TimerFixture.options)
            let loop = fixture.dueTimerLoop(again)
            let running = Task { await loop.run { _ in } }
            defer { running.cancel() }
            #expect(try await fixture.fired(1) == ["a 10 3600"])
            try await fixture.schedule("b", after: -60)
            #expect(try await fixture.fired(2) == ["a 10 3600", "b -60 3600"])
        }
    }

    @Test("only its owner schedules and cancels a timer (QUAN-10), with names and numbers within bounds")
    func refusals() async throws {
        try await TimerFixture.with { fixture in
            let theirs = ScheduleTimer(owner: "payout", name: "a", subject: "s", purpose: "p", due: .at(TimerFixture.start))
            #expect(try await fixture.ask(theirs, as: fixture.owner).refusal?.clauses == ["QUAN-10"])
            let cancel = CancelTimer(owner: "payout", name: "a")
            #expect(try await fixture.ask(cancel, as: fixture.owner).refusal?.clauses == ["QUAN-10"])
            // A name out of bounds cannot be encoded.
            let nameless = ScheduleTimer(owner: "ordering", name: "", subject: "s", purpose: "p", due: .at(TimerFixture.start))
            #expect(throws: EnvelopeFault.self) { try MessageBody.encode(nameless) }
            let late = try await fixture.schedule("a", after: 1, grace: 86_401)
            #expect(late.refusal?.clauses == ["QUAN-01"])
            #expect(try await fixture.timer.number("select count(*) from timer") == 0)
        }
    }

    @Test("fired timers are deleted after the retention, waiting timers are not")
    func retention() async throws {
        try await TimerFixture.with { fixture in
            try await fixture.schedule("a", after: 1)
            try await fixture.schedule("b", after: 100)
            fixture.clock.advance(seconds: 2)
            #expect(try await fixture.fire(1) == 1)
            try await fixture.maintenance(retention: .seconds(86_400)).runOnce()
            #expect(try await fixture.timer.number("select count(*) from timer") == 2)
            try await fixture.maintenance(retention: .zero).runOnce()
            #expect(try await fixture.timer.number("select count(*) from timer") == 1)
        }
    }

    private struct Crash: Error {}
}
