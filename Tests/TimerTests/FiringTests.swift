import Foundation
import Kernel
import Messages
import Messaging
import TestKit
import Testing

@testable import Timer

@Suite("Timers that fire", .serialized)
struct FiringTests {
    @Test("of three instances that race over the same timers each timer fires once")
    func race() async throws {
        try await TimerStage.with { stage in
            for number in 1...60 { try await stage.schedule("t\(number)", after: Double(number % 7)) }
            let more = try stage.stage.start(TimerContents.contents, on: stage.timer.pool, options: TimerStage.options)
            let third = try stage.stage.start(TimerContents.contents, on: stage.timer.pool, options: TimerStage.options)
            stage.clock.set(TimerStage.start.addingTimeInterval(10))
            let loops = [stage.timer, more, third].map { stage.loop($0) }
            let count = try await withThrowingTaskGroup(of: Int.self) { group in
                for loop in loops {
                    group.addTask {
                        var fired = 0
                        try await eventually("nothing waits") {
                            fired += try await loop.turn()
                            return try await stage.timer.number("select count(*) from timer where state = 'waiting'") == 0
                        }
                        return fired
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(count == 60)
            let fired = try await stage.fired(60)
            #expect(fired.count == 60 && Set(fired).count == 60)
        }
    }

    @Test("a process that dies before the commit has fired nothing; one that dies after it has fired, and nobody fires again")
    func deaths() async throws {
        try await TimerStage.with { stage in
            try await stage.schedule("a", after: 1)
            stage.clock.advance(seconds: 2)
            for point in [FaultPoint.locked, .written] {
                let dying = stage.loop { if $0 == point { throw Died() } }
                await #expect(throws: Died.self) { try await dying.turn() }
                #expect(try await stage.timer.number("select count(*) from timer where state = 'fired'") == 0)
                #expect(try await stage.timer.number("select count(*) from outbox where type = 'timer.timer-fired.v1'") == 0)
            }
            let dying = stage.loop { if $0 == .committed { throw Died() } }
            // What a message has in hand is left to a later turn.
            try await eventually("the timer fires") {
                await #expect(throws: Died.self) { try await dying.turn() }
                return try await stage.timer.number("select count(*) from timer where state = 'fired'") == 1
            }
            #expect(try await stage.loop().turn() == 0)
            #expect(try await stage.fired(1) == ["a 1 2"])
            #expect(try await stage.timer.number("select count(*) from outbox where type = 'timer.timer-fired.v1'") == 1)
        }
    }

    @Test("a cancelled timer does not fire; cancelling what has fired, or never was, is no fault")
    func cancel() async throws {
        try await TimerStage.with { stage in
            try await stage.schedule("a", after: 1)
            try await stage.schedule("b", after: 1)
            #expect(try await stage.cancel("a").refusal == nil)
            #expect(try await stage.cancel("never").refusal == nil)
            stage.clock.advance(seconds: 5)
            #expect(try await stage.fire(1) == 1)
            #expect(try await stage.fired(1) == ["b 1 5"])
            #expect(try await stage.cancel("b").refusal == nil)
            // What was cancelled may be set anew.
            try await stage.schedule("a", after: 7)
            stage.clock.advance(seconds: 10)
            #expect(try await stage.fire(1) == 1)
            #expect(try await stage.fired(2) == ["b 1 5", "a 7 15"])
        }
    }

    @Test("the same name again moves a timer, and a grace holds it back")
    func move() async throws {
        try await TimerStage.with { stage in
            try await stage.schedule("a", after: 10)
            try await stage.schedule("a", after: 20, grace: 5)
            stage.clock.advance(seconds: 24)
            #expect(try await stage.loop().turn() == 0)
            stage.clock.advance(seconds: 1)
            #expect(try await stage.fire(1) == 1)
            #expect(try await stage.fired(1) == ["a 20 25"])
        }
    }

    @Test("what has fired does not fire again for the same instant, and does for another: what is moved while it fires is never lost")
    func again() async throws {
        try await TimerStage.with { stage in
            try await stage.schedule("a", after: 1)
            stage.clock.advance(seconds: 2)
            #expect(try await stage.fire(1) == 1)
            #expect(try await stage.schedule("a", after: 1).result == #"{"state":"fired"}"#)
            #expect(try await stage.loop().turn() == 0)
            try await stage.schedule("a", after: 3)
            stage.clock.advance(seconds: 2)
            #expect(try await stage.fire(1) == 1)
            #expect(try await stage.fired(2) == ["a 1 2", "a 3 4"])
        }
    }

    @Test("what came due while the service was down fires when it is back, at the time it is then; what is past already fires at once")
    func catchUp() async throws {
        try await TimerStage.with { stage in
            try await stage.schedule("a", after: 10)
            try await stage.timer.stop()
            stage.clock.advance(seconds: 3600)
            let again = try stage.stage.start(TimerContents.contents, on: stage.timer.pool, options: TimerStage.options)
            let loop = stage.loop(again)
            let running = Task { await loop.run { _ in } }
            defer { running.cancel() }
            #expect(try await stage.fired(1) == ["a 10 3600"])
            try await stage.schedule("b", after: -60)
            #expect(try await stage.fired(2) == ["a 10 3600", "b -60 3600"])
        }
    }

    @Test("a timer is set and cancelled by its owner only (QUAN-10), with names and numbers within bounds")
    func refusals() async throws {
        try await TimerStage.with { stage in
            let theirs = ScheduleTimer(owner: "payout", name: "a", subject: "s", purpose: "p", due: .at(TimerStage.start))
            #expect(try await stage.ask(theirs, as: stage.owner).refusal?.clauses == ["QUAN-10"])
            let cancel = CancelTimer(owner: "payout", name: "a")
            #expect(try await stage.ask(cancel, as: stage.owner).refusal?.clauses == ["QUAN-10"])
            // A name out of bounds cannot even be written.
            let nameless = ScheduleTimer(owner: "ordering", name: "", subject: "s", purpose: "p", due: .at(TimerStage.start))
            #expect(throws: EnvelopeFault.self) { try MessageBody.encode(nameless) }
            let late = try await stage.schedule("a", after: 1, grace: 86_401)
            #expect(late.refusal?.clauses == ["QUAN-01"])
            #expect(try await stage.timer.number("select count(*) from timer") == 0)
        }
    }

    @Test("what is long over is forgotten, and what waits is not")
    func forgetting() async throws {
        try await TimerStage.with { stage in
            try await stage.schedule("a", after: 1)
            try await stage.schedule("b", after: 100)
            stage.clock.advance(seconds: 2)
            #expect(try await stage.fire(1) == 1)
            try await stage.tending(retention: .seconds(86_400)).round()
            #expect(try await stage.timer.number("select count(*) from timer") == 2)
            try await stage.tending(retention: .zero).round()
            #expect(try await stage.timer.number("select count(*) from timer") == 1)
        }
    }

    private struct Died: Error {}
}
