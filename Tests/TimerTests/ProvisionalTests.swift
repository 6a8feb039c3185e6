import Foundation
import Kernel
import Messages
import TestKit
import Testing
import TimerDomain

@testable import Timer

@Suite("Timers beyond the published calendar", .serialized)
struct ProvisionalTests {
    /// A calendar that knows 2027, in which 4 January is off for the sake of the test.
    private func calendar() throws -> WorkingDayCalendar {
        let published = WorkingDayCalendar.stateCouncil
        return WorkingDayCalendar(
            years: published.years.lowerBound...2027,
            special: published.specialDays + [
                SpecialDay(date: try CalendarDate("2027-01-01"), kind: .off, holiday: "元旦"),
                SpecialDay(date: try CalendarDate("2027-01-04"), kind: .off, holiday: "元旦"),
            ])
    }

    private func start() throws -> Date { BeijingTime.startOfDay(try CalendarDate("2026-12-30")).addingTimeInterval(3600) }

    @Test("a rule that leads beyond the published years stays a rule; with the year it becomes an instant, to the end of the last day")
    func resolving() throws {
        let start = try start()
        let rule = ScheduleTimer.Due.workingDays(3, after: start)
        let provisional = try Scheduling.due(rule, calendar: .stateCouncil)
        #expect(provisional == .provisional(workingDays: 3, after: start, missingYear: 2027))
        // 31 December, 5 and 6 January.
        let resolved = try Scheduling.due(rule, calendar: try calendar())
        #expect(resolved == .at(BeijingTime.endOfDay(try CalendarDate("2027-01-06"))))
        let near = try Scheduling.due(.workingDays(1, after: start), calendar: .stateCouncil)
        #expect(near == .at(BeijingTime.endOfDay(try CalendarDate("2026-12-31"))))
        for days in [0, -1, 1001, .max] {
            #expect(throws: Refusal.self) {
                try Scheduling.due(.workingDays(days, after: Date(timeIntervalSince1970: 0)), calendar: .stateCouncil)
            }
        }
    }

    @Test("a provisional timer is told as such, does not fire, and does once the calendar has its year")
    func provisional() async throws {
        let start = try start()
        let due = BeijingTime.endOfDay(try CalendarDate("2027-01-06"))
        let calendar = try calendar()
        try await TimerStage.with { stage in
            stage.clock.set(start)
            let outcome = try await stage.ask(
                ScheduleTimer(
                    owner: "ordering", name: "a", subject: "s", purpose: "order.decision", due: .workingDays(3, after: start),
                    graceSeconds: 60), as: stage.owner)
            #expect(outcome.result == #"{"state":"provisional"}"#)
            stage.clock.set(due.addingTimeInterval(86_400 * 30))
            try await stage.tending().round()
            #expect(try await stage.loop().turn() == 0)

            stage.clock.set(due)
            try await eventually("its instant is known") {
                try await stage.tending(calendar).round()
                return try await stage.timer.number("select count(*) from timer where state = 'waiting'") == 1
            }
            #expect(try await stage.loop().turn() == 0)
            stage.clock.set(due.addingTimeInterval(60))
            #expect(try await stage.fire(1) == 1)
            let told = Int(due.timeIntervalSince(TimerStage.start))
            #expect(try await stage.fired(1) == ["a \(told) \(told + 60)"])
        }
    }
}
