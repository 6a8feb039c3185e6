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
    private func setUp(_ stage: TimerStage, _ isRehearsal: Bool = true) async throws {
        try await RehearsalSetup(speaker: stage.timer.runtime.speaker, isRehearsal: isRehearsal, startsAt: TimerStage.start).run()
    }

    private func answer(_ outcome: Outcome) throws -> AdvanceClock.Answer {
        try MessageBody.decode(AdvanceClock.Answer.self, from: Array(try #require(outcome.result).utf8))
    }

    /// Asks until what the timer itself says has left its outbox, as the tool does.
    private func advance(_ stage: TimerStage, to seconds: Double) async throws -> AdvanceClock.Answer {
        var answer = try answer(try await stage.advance(to: seconds))
        for _ in 1...200 where answer.timersDue > 0 && answer.instant == TimerStage.start {
            answer = try self.answer(try await stage.advance(to: seconds))
        }
        return answer
    }

    @Test("the clock stops at every timer on its way, and goes on only when that has fired")
    func stops() async throws {
        try await TimerStage.with { stage in
            try await setUp(stage)
            for (name, after) in [("b", 20.0), ("a", 10.0), ("c", 20.0), ("far", 99.0)] { try await stage.schedule(name, after: after) }
            let loop = stage.loop(time: .rehearsal)
            #expect(try await loop.turn() == 0)

            let first = try await advance(stage, to: 50)
            #expect(first == AdvanceClock.Answer(instant: TimerStage.start.addingTimeInterval(10), isThere: false, timersDue: 1))
            // It has not fired: the clock stays.
            #expect(try answer(try await stage.advance(to: 50)).instant == first.instant)

            var stops: [Int] = [10]
            try await eventually("the clock is there") {
                _ = try await loop.turn()
                let answer = try answer(try await stage.advance(to: 50))
                let stop = Int(answer.instant.timeIntervalSince(TimerStage.start))
                if stops.last != stop { stops.append(stop) }
                return answer.isThere
            }
            #expect(stops == [10, 20, 50])
            let fired = try await stage.fired(3)
            #expect(fired.first == "a 10 10" && Set(fired) == ["a 10 10", "b 20 20", "c 20 20"])
            #expect(try await stage.timer.number("select count(*) from outbox where type = 'timer.clock-moved.v1'") == 4)
        }
    }

    @Test("the clock moves in a rehearsal only and never back (QUAN-19), and only for the operator's tool (QUAN-10)")
    func refusals() async throws {
        try await TimerStage.with { stage in
            #expect(try await stage.advance(to: 10).refusal?.clauses == ["QUAN-19"])
            try await setUp(stage)
            #expect(try await stage.advance(to: -1).refusal?.clauses == ["QUAN-19"])
            let foreign = try await stage.ask(AdvanceClock(to: TimerStage.start.addingTimeInterval(9)), as: stage.owner)
            #expect(foreign.refusal?.clauses == ["QUAN-10"])
            #expect(try await stage.timer.number("select count(*) from rehearsal_clock where instant = to_timestamp(1780000000)") == 1)
        }
    }

    @Test("a database is a rehearsal's from the first, or never; setting it up again tells nothing")
    func setup() async throws {
        try await TimerStage.with { stage in
            try await setUp(stage, false)
            try await setUp(stage)
            try await setUp(stage)
            #expect(try await stage.timer.number("select count(*) from outbox where type = 'timer.clock-moved.v1'") == 1)
            await #expect(throws: StartFailure.self) { try await setUp(stage, false) }
        }
        try await TimerStage.with { stage in
            try await stage.schedule("a", after: 1)
            await #expect(throws: StartFailure.self) { try await setUp(stage) }
        }
    }
}
