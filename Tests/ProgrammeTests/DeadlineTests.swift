import Foundation
import Kernel
import Programme
import Testing

@Suite("Deadlines and windows")
struct DeadlineTests {
    private let decision = StepReference("order", "decision")

    @Test(
        "the institution decides within 5 working days: the day of the order is not counted, the last day ends at 24:00",
        arguments: [
            ("2026-04-03", "09:00:00", "2026-04-13"),  // the eve of Qingming: 4, 5 and 6 April are off
            ("2026-04-30", "23:59:59", "2026-05-11"),  // the eve of Labour Day: off to 5 May; 9 May, a Saturday, is worked
            ("2026-05-01", "00:00:00", "2026-05-11"),
            ("2026-05-08", "12:00:00", "2026-05-14"),  // over the make-up day of 9 May
            ("2026-06-18", "12:00:00", "2026-06-26"),  // the eve of Dragon Boat
            ("2026-08-31", "23:59:59", "2026-09-07"),  // the last second of ordering: acceptance may still come
            ("2026-07-06", "00:00:00", "2026-07-13"),
        ])
    func workingDays(_ date: String, _ time: String, _ last: String) throws {
        let programme = try Files.beijing2026().programme
        let rule = try #require(programme.deadline(decision))
        let deadline = programme.deadline(rule, from: try beijing(date, time))
        #expect(deadline == .due(BeijingTime.endOfDay(try day(last))))
    }

    @Test("a lapse releases the reservation; another length changes the deadline, and without BJ26-30 there is none")
    func altered() throws {
        let programme = try Files.beijing2026().programme
        let rule = try #require(programme.deadline(decision))
        #expect(rule.lapse.to == "expired")
        #expect(rule.lapse.ledger == [LedgerEffect(.release)])
        #expect(!rule.countsAgainstYear)
        let shorter = programme.altering(deadline: decision) { $0.length = .workingDays(1) }
        let start = try beijing("2026-07-06")
        #expect(
            shorter.deadline(try #require(shorter.deadline(decision)), from: start) == .due(BeijingTime.endOfDay(try day("2026-07-07"))))
        let without = programme.without(clause: "BJ26-30")
        #expect(without.removed == ["procedures.order.decision"])
        #expect(without.programme.deadlines(startedBy: StepReference("order", "place"), at: start).isEmpty)
        #expect(programme.deadlines(startedBy: StepReference("order", "place"), at: start).map(\.rule.id) == ["decision"])
    }

    @Test("the deadlines of a state are returned, each from its own start")
    func running() throws {
        let programme = try Files.beijing2026().programme
        let placed = try beijing("2026-07-06")
        func running(_ state: String, _ taken: [String: Date]) -> [String: Deadline] {
            let running = programme.deadlines(of: "order", in: state, taken: taken)
            return Dictionary(uniqueKeysWithValues: running.map { ($0.rule.id, $0.deadline) })
        }
        #expect(running("placed", ["place": placed]) == ["decision": .due(BeijingTime.endOfDay(try day("2026-07-13")))])
        #expect(running("accepted", ["place": placed]) == ["contract": .due(BeijingTime.endOfDay(try day("2026-09-21")))])
        #expect(running("rated", ["place": placed]).isEmpty)
        #expect(running("placed", [:]).isEmpty)
        #expect(programme.isInForce(at: placed))
        #expect(!programme.isInForce(at: try beijing("2027-01-01", "00:00:00")))
    }

    @Test("48 hours include nights and holidays, to the second")
    func hours() throws {
        let programme = try Files.sample("beijing-2024").programme
        let rule = try #require(programme.deadline(decision))
        let start = try beijing("2024-09-30", "17:30:01")
        #expect(programme.deadline(rule, from: start) == .due(try beijing("2024-10-02", "17:30:01")))
    }

    @Test("a voucher is valid as many days as its product says, at most 60")
    func validity() throws {
        let programme = try Files.sample("beijing-2024").programme
        let rule = try #require(programme.deadline(StepReference("order", "validity")))
        let start = try beijing("2024-06-03", "23:59:59")
        for (given, last) in [(30, "2024-07-03"), (45, "2024-07-18"), (60, "2024-08-02"), (90, "2024-08-02")] as [(Int64, String)] {
            let facts = Facts().with("order", "validityDays", .count(given))
            #expect(programme.deadline(rule, from: start, facts: facts) == .due(BeijingTime.endOfDay(try day(last))))
        }
        #expect(programme.deadline(rule, from: start) == nil)
    }

    @Test("30 calendar days run from the announced close of the batch, whose day is not counted")
    func afterClose() throws {
        let programme = try Files.sample("guangzhou-2020").programme
        let rule = try #require(programme.deadline(StepReference("order", "contract")))
        let announced = Announcements(opens: ["claims": try day("2020-05-01")], closes: ["claims": try day("2020-05-15")])
        let due = programme.deadline(rule, from: try beijing("2020-05-20"), announcements: announced)
        #expect(due == .due(BeijingTime.endOfDay(try day("2020-06-14"))))
        #expect(rule.countsAgainstYear)
        #expect(programme.deadline(rule, from: try beijing("2020-05-20")) == nil)
    }

    @Test("validity is as announced by the batch, but never after the last day of the plan")
    func notPast() throws {
        let programme = try Files.sample("guangzhou-2020").programme
        let rule = try #require(programme.deadline(StepReference("order", "validity")))
        for (announced, last) in [("2020-10-31", "2020-10-31"), ("2020-12-31", "2020-11-30")] {
            let announcements = Announcements(closes: ["validity": try day(announced)])
            #expect(
                programme.deadline(rule, from: try beijing("2020-06-01"), announcements: announcements)
                    == .due(BeijingTime.endOfDay(try day(last))))
        }
    }

    @Test("a deadline beyond the published calendar is provisional, and resolved by a calendar with that year")
    func provisional() throws {
        let programme = try Files.sample("hangzhou-2026").programme
        let rule = try #require(programme.deadline(StepReference("registration", "report")))
        let start = try beijing("2026-12-21")
        #expect(programme.deadline(rule, from: start) == .provisional(start: start, notPublishedYear: 2027))
        let published = WorkingDayCalendar(years: 2019...2027, special: WorkingDayCalendar.stateCouncil.specialDays)
        #expect(programme.deadline(rule, from: start, calendar: published) == .due(BeijingTime.endOfDay(try day("2027-01-11"))))
    }

    @Test("a window opens at 00:00 of its first day and closes at 24:00 of its last")
    func edges() throws {
        let programme = try Files.beijing2026().programme
        for (date, time, isOpen) in [
            ("2026-03-29", "23:59:59", false), ("2026-03-30", "00:00:00", true), ("2026-08-31", "23:59:59", true),
            ("2026-09-01", "00:00:00", false),
        ] {
            let refusal = programme.refusal(outside: "ordering", at: try beijing(date, time))
            #expect((refusal == nil) == isOpen, "\(date) \(time)")
            #expect(refusal.map { $0.clauses.first == "BJ26-29" && $0.slug == "ordering-closed" } ?? true)
        }
        #expect(programme.refusal(outside: "nothing", at: try beijing("2026-05-01"))?.clauses == ["QUAN-07"])
    }

    @Test("redemption closes 21 days after ordering, 21 September; if ordering ends earlier, so does redemption")
    func relative() throws {
        let programme = try Files.beijing2026().programme
        let span = try #require(programme.span(ofWindow: "redemption"))
        #expect(span.closes == BeijingTime.endOfDay(try day("2026-09-21")))
        let earlier = Announcements(closes: ["ordering": try day("2026-07-31")])
        #expect(programme.span(ofWindow: "redemption", earlier)?.closes == BeijingTime.endOfDay(try day("2026-08-21")))
        let later = Announcements(closes: ["ordering": try day("2026-12-31"), "redemption": try day("2026-12-31")])
        #expect(programme.span(ofWindow: "redemption", later)?.closes == BeijingTime.endOfDay(try day("2026-09-21")))
        #expect(programme.without(clause: "BJ26-29").programme.step(StepReference("order", "place"))?.window == nil)
    }

    @Test("a window without an announced opening is closed")
    func announced() throws {
        let programme = try Files.sample("hangzhou-2026").programme
        let now = try beijing("2026-10-15")
        #expect(programme.refusal(outside: "redemption", at: now)?.clauses == ["HZ26-25"])
        let announcements = Announcements(opens: ["redemption": try day("2026-10-01")])
        #expect(programme.refusal(outside: "redemption", at: now, announcements) == nil)
    }

    @Test("an order without an application is waived and released when redemption closes; the public notice has the setting's length")
    func redemptionDeadlines() throws {
        let programme = try Files.beijing2026().programme
        let silence = try #require(programme.deadline(StepReference("redemption", "silence")))
        #expect(programme.deadline(silence, from: try beijing("2026-05-01")) == .due(BeijingTime.endOfDay(try day("2026-09-21"))))
        #expect(silence.lapse == DeadlineRule.Lapse(to: "waived", ledger: [LedgerEffect(.release)]))
        let notice = try #require(programme.deadline(StepReference("redemption", "notice")))
        #expect(notice.length == .workingDays(7))
        #expect(notice.citation.readings == ["IN-41"])
        #expect(notice.lapse.ledger == [LedgerEffect(.post)])
    }
}
