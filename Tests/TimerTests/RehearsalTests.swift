import Foundation
import Kernel
import Messages
import Messaging
import ServiceHost
import TestKit
import Testing

@testable import Timer

@Suite("The clock of a rehearsal", .serialized)
struct RehearsalTests {
    private func setUp(_ fixture: TimerFixture, _ isRehearsal: Bool = true) async throws {
        try await RehearsalSetup(publisher: fixture.timer.runtime.publisher, isRehearsal: isRehearsal, startsAt: TimerFixture.start).run()
    }

    private func answer(_ outcome: Outcome) throws -> AdvanceClock.Answer {
        try MessageBody.decode(AdvanceClock.Answer.self, from: Array(try #require(outcome.result).utf8))
    }

    /// Repeats the command until the events of `timer` are published, as the tool does.
    private func advance(_ fixture: TimerFixture, to seconds: Double) async throws -> AdvanceClock.Answer {
        var answer = try answer(try await fixture.advance(to: seconds))
        for _ in 1...200 where answer.timersDue > 0 && answer.instant == TimerFixture.start {
            answer = try self.answer(try await fixture.advance(to: seconds))
        }
        return answer
    }

    @Test("the clock stops at every timer, and advances only after that timer has fired")
    func stops() async throws {
        try await TimerFixture.with { fixture in
            try await setUp(fixture)
            for (name, after) in [("b", 20.0), ("a", 10.0), ("c", 20.0), ("far", 99.0)] { try await fixture.schedule(name, after: after) }
            let loop = fixture.dueTimerLoop(clock: .rehearsal)
            #expect(try await loop.fireDueTimers() == 0)

            let first = try await advance(fixture, to: 50)
            #expect(first == AdvanceClock.Answer(instant: TimerFixture.start.addingTimeInterval(10), isThere: false, timersDue: 1))
            // The timer has not fired, so the clock does not move.
            #expect(try answer(try await fixture.advance(to: 50)).instant == first.instant)

            var stops: [Int] = [10]
            try await eventually("the clock has reached its target") {
                _ = try await loop.fireDueTimers()
                let answer = try answer(try await fixture.advance(to: 50))
                let stop = Int(answer.instant.timeIntervalSince(TimerFixture.start))
                if stops.last != stop { stops.append(stop) }
                return answer.isThere
            }
            #expect(stops == [10, 20, 50])
            let fired = try await fixture.fired(3)
            #expect(fired.first == "a 10 10" && Set(fired) == ["a 10 10", "b 20 20", "c 20 20"])
            #expect(try await fixture.timer.number("select count(*) from outbox where type = 'timer.clock-moved.v1'") == 4)
        }
    }

    @Test("a timer that becomes due by moving the clock fires at once, not at the next pass of the loop")
    func notified() async throws {
        try await TimerFixture.with { fixture in
            try await setUp(fixture)
            try await fixture.schedule("a", after: 10)
            let loop = fixture.dueTimerLoop(clock: .rehearsal, interval: .seconds(3600))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await loop.runOnClockMoves(logger: fixture.messaging.logger) }
                _ = try await advance(fixture, to: 10)
                #expect(try await fixture.fired(1) == ["a 10 10"])
                group.cancelAll()
            }
        }
    }

    @Test("the clock moves in a rehearsal only, never backwards (QUAN-19), and only for the operator's tool (QUAN-10)")
    func refusals() async throws {
        try await TimerFixture.with { fixture in
            #expect(try await fixture.advance(to: 10).refusal?.clauses == ["QUAN-19"])
            try await setUp(fixture)
            #expect(try await fixture.advance(to: -1).refusal?.clauses == ["QUAN-19"])
            let foreign = try await fixture.ask(AdvanceClock(to: TimerFixture.start.addingTimeInterval(9)), as: fixture.owner)
            #expect(foreign.refusal?.clauses == ["QUAN-10"])
            #expect(try await fixture.timer.number("select count(*) from rehearsal_clock where instant = to_timestamp(1780000000)") == 1)
        }
    }

    @Test("only a new database can become a rehearsal's; a second setup publishes nothing")
    func setup() async throws {
        try await TimerFixture.with { fixture in
            try await setUp(fixture, false)
            try await setUp(fixture)
            try await setUp(fixture)
            #expect(try await fixture.timer.number("select count(*) from outbox where type = 'timer.clock-moved.v1'") == 1)
            await #expect(throws: StartFailure.self) { try await setUp(fixture, false) }
        }
        try await TimerFixture.with { fixture in
            try await fixture.schedule("a", after: 1)
            await #expect(throws: StartFailure.self) { try await setUp(fixture) }
        }
    }
}
