import Foundation
import Kernel
import Messages
import TestKit
import Testing
import TimerDomain

@testable import Timer

@Suite("Timers beyond the published calendar", .serialized)
struct ProvisionalTests {
    /// A calendar that includes 2027, with 4 January as an extra day off.
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

    @Test("a rule beyond the published years stays provisional; with the year it is resolved to the end of the last day")
    func resolving() throws {
        let start = try start()
        let rule = ScheduleTimer.Due.workingDays(3, after: start)
        let provisional = try Scheduling.due(rule, calendar: .stateCouncil)
        #expect(provisional == .provisional(workingDays: 3, after: start, missingYear: 2027))
        // The working days are 31 December, 5 and 6 January.
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

    @Test("a provisional timer is answered as such, and fires only after the calendar has its year")
    func provisional() async throws {
        let start = try start()
        let due = BeijingTime.endOfDay(try CalendarDate("2027-01-06"))
        let calendar = try calendar()
        try await TimerFixture.with { fixture in
            fixture.clock.set(start)
            let outcome = try await fixture.ask(
                ScheduleTimer(
                    owner: "ordering", name: "a", subject: "s", purpose: "order.decision", due: .workingDays(3, after: start),
                    graceSeconds: 60), as: fixture.owner)
            #expect(outcome.result == #"{"state":"provisional"}"#)
            fixture.clock.set(due.addingTimeInterval(86_400 * 30))
            try await fixture.maintenance().runOnce()
            #expect(try await fixture.dueTimerLoop().fireDueTimers() == 0)

            fixture.clock.set(due)
            try await eventually("the timer is resolved") {
                try await fixture.maintenance(calendar).runOnce()
                return try await fixture.timer.number("select count(*) from timer where state = 'waiting'") == 1
            }
            #expect(try await fixture.dueTimerLoop().fireDueTimers() == 0)
            fixture.clock.set(due.addingTimeInterval(60))
            #expect(try await fixture.fire(1) == 1)
            let dueSeconds = Int(due.timeIntervalSince(TimerFixture.start))
            #expect(try await fixture.fired(1) == ["a \(dueSeconds) \(dueSeconds + 60)"])
        }
    }
}
