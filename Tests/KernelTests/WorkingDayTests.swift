import Foundation
import Kernel
import Testing

@Suite struct WorkingDayTests {
    let calendar = WorkingDayCalendar.stateCouncil

    @Test("the published special days equal the reference file, row by row")
    func specialDays() throws {
        let rows = try Facts.rows("cn-workdays.csv").map { row in
            SpecialDay(
                date: try CalendarDate(try row.field("date")), kind: try #require(SpecialDay.Kind(rawValue: try row.field("kind"))),
                holiday: try row.field("name"))
        }
        #expect(calendar.specialDays == rows)
        #expect(rows.count == 198)
    }

    @Test("every day off is a weekday and every make-up day a weekend day, so no row is redundant")
    func noIdleRows() {
        for day in calendar.specialDays {
            #expect(day.date.weekday.isWeekend == (day.kind == .work), "\(day.date)")
            #expect(calendar.isWorkingDay(day.date) == .published(day.kind == .work))
        }
    }

    @Test("each year has the reference file's number of working days, days off and make-up days")
    func totals() throws {
        let rows = try Facts.rows("workdays-per-year.csv")
        #expect(rows.count == calendar.years.count)
        for row in rows {
            let year = try #require(Int(try row.field("year")))
            var date = try CalendarDate(year: year, month: 1, day: 1)
            var counts = [0, 0, 0]
            while date.year == year {
                let isWorked = calendar.isWorkingDay(date) == .published(true)
                if isWorked { counts[0] += 1 }
                if !isWorked, !date.weekday.isWeekend { counts[1] += 1 }
                if isWorked, date.weekday.isWeekend { counts[2] += 1 }
                date = try date.adding(days: 1)
            }
            let expected = try ["working_days", "off_weekdays", "working_weekend_days"].map { Int(try row.field($0)) }
            #expect(counts == expected, "\(year)")
        }
    }

    @Test("the worked examples give their results, forwards, backwards and as a count")
    func examples() throws {
        for row in try Facts.rows("workday-examples.csv") {
            let (start, end) = (try CalendarDate(try row.field("start")), try CalendarDate(try row.field("end")))
            let days = try #require(Int(try row.field("n")))
            #expect(calendar.adding(days, to: start) == .published(end), "\(row)")
            #expect(calendar.workingDays(after: start, through: end) == .published(days))
        }
    }

    @Test("adding working days equals counting day by day, in both directions")
    func againstNaiveWalk() throws {
        var random = SplitMix64(for: "adding working days is a walk")
        let off = Set(try Facts.rows("cn-workdays.csv").filter { $0["kind"] == "off" }.compactMap { $0["date"] })
        let work = Set(try Facts.rows("cn-workdays.csv").filter { $0["kind"] == "work" }.compactMap { $0["date"] })
        let first = try CalendarDate("2019-06-01").dayNumber
        for _ in 0..<2000 {
            let start = try CalendarDate(dayNumber: first + Int.random(in: 0..<2500, using: &random))
            let days = Int.random(in: -100...100, using: &random)
            var (number, left) = (start.dayNumber, abs(days))
            while left > 0 {
                number += days.signum()
                let text = try CalendarDate(dayNumber: number).description
                let isWeekend = [2, 3].contains((number % 7 + 7) % 7)  // 1970-01-01, day 0, was a Thursday
                if work.contains(text) || !isWeekend && !off.contains(text) { left -= 1 }
            }
            let end = try CalendarDate(dayNumber: number)
            #expect(calendar.adding(days, to: start) == .published(end), "\(start) and \(days)")
            if days > 0 { #expect(calendar.workingDays(after: start, through: end) == .published(days)) }
        }
    }

    @Test("zero days is the start itself, working day or not, published or not")
    func noDays() throws {
        for text in ["2026-10-01", "2026-05-09", "2031-01-01"] {
            #expect(calendar.adding(0, to: try CalendarDate(text)) == .published(try CalendarDate(text)))
        }
    }

    @Test("a deadline beyond the published years is answered quickly with the missing year, for any number of days")
    func notPublished() throws {
        let lastWorked = try CalendarDate("2026-12-31")
        #expect(calendar.adding(1, to: try CalendarDate("2026-12-30")) == .published(lastWorked))
        for days in [1, 5, 100_000, Int.max] { #expect(calendar.adding(days, to: lastWorked) == .notPublished(year: 2027)) }
        for days in [-1, Int.min] { #expect(calendar.adding(days, to: try CalendarDate("2019-01-01")) == .notPublished(year: 2018)) }
        #expect(calendar.adding(1, to: try CalendarDate("2018-12-31")) == .published(try CalendarDate("2019-01-02")))
        #expect(calendar.isWorkingDay(try CalendarDate("2027-01-04")) == .notPublished(year: 2027))
        #expect(calendar.workingDays(after: lastWorked, through: .last) == .notPublished(year: 2027))
        #expect(calendar.workingDays(after: lastWorked, through: .first) == .published(0))
        #expect(calendar.adding(1, to: .last) == .notPublished(year: 10000))
        #expect(try calendar.deadline(workingDays: 3, after: BeijingTime.startOfDay(lastWorked)) == .notPublished(year: 2027))
    }

    @Test("a deadline ends with its last day in Beijing, and counts from the start's day in Beijing")
    func deadlines() throws {
        // 17:00 UTC on the 11th is already the 12th in Beijing.
        let start = try Date("2026-02-11T17:00:00Z", strategy: .iso8601)
        let end = try Date("2026-02-26T16:00:00Z", strategy: .iso8601)
        #expect(try calendar.deadline(workingDays: 5, after: start) == .published(end))
        #expect(throws: CalendarError.outOfRange) { try calendar.deadline(workingDays: 5, after: Date(timeIntervalSince1970: .nan)) }
    }

    @Test("a calendar with another published year answers for that year")
    func anotherYear() throws {
        let newYear = SpecialDay(date: try CalendarDate("2027-01-01"), kind: .off, holiday: "元旦")
        let longer = WorkingDayCalendar(years: 2019...2027, special: calendar.specialDays + [newYear])
        #expect(longer.adding(1, to: try CalendarDate("2026-12-31")) == .published(try CalendarDate("2027-01-04")))
        #expect(longer != calendar)
    }
}
