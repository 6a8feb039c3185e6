import Foundation
import Kernel
import Testing

@Suite struct CalendarDateTests {
    @Test(
        "only an existing day in the form 2026-05-09 is a date",
        arguments: [
            "", "2026-5-9", "2026-02-30", "2025-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-01-00", "2026-04-31", "0000-01-01",
            "2026/05/09", "20260509", " 2026-05-09", "2026-05-09 ", "2026-05-09T00:00", "+026-05-09", "-001-05-09", "２０２６-05-09",
            "10000-01-01",
            "2026-05-9\u{301}", "abcd-ef-gh",
        ])
    func strictParsing(text: String) {
        #expect(throws: CalendarError.self) { try CalendarDate(text) }
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([CalendarDate].self, from: JSONEncoder().encode([text])) }
    }

    @Test("a date is encoded as its text", arguments: ["2026-05-09", "2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31"])
    func coding(text: String) throws {
        let date = try CalendarDate(text)
        #expect(date.description == text)
        let json = try JSONEncoder().encode([date])
        #expect(String(decoding: json, as: UTF8.self) == "[\"\(text)\"]")
        #expect(try JSONDecoder().decode([CalendarDate].self, from: json) == [date])
    }

    @Test("every day of four hundred years has the right number, weekday and neighbours")
    func everyDay() throws {
        var (year, month, day) = (1801, 1, 1)
        var number = -61726
        var weekday = 4  // 1 January 1801 was a Thursday
        while year <= 2200 {
            let date = try CalendarDate(dayNumber: number)
            // Compared outside #expect, which is slow a hundred and fifty thousand times.
            if (date.year, date.month, date.day) != (year, month, day) || date.dayNumber != number || date.weekday.rawValue != weekday {
                Issue.record("day \(number) is \(date), not \(year)-\(month)-\(day)")
                return
            }
            number += 1
            weekday = weekday % 7 + 1
            day += 1
            if day > CalendarDate.length(ofMonth: month, year: year) { (month, day) = (month + 1, 1) }
            if month > 12 { (year, month) = (year + 1, 1) }
        }
        #expect(number == -61726 + 146_097)
    }

    @Test("every year from 1 to 9999 follows the one before without a gap")
    func everyYear() throws {
        var expected = CalendarDate.first.dayNumber
        for year in 1...9999 {
            let (first, last) = (try CalendarDate(year: year, month: 1, day: 1), try CalendarDate(year: year, month: 12, day: 31))
            let isRight = try first.dayNumber == expected && CalendarDate(dayNumber: expected) == first
            let isLastRight = try CalendarDate(dayNumber: last.dayNumber) == last
            if !isRight || !isLastRight {
                Issue.record("year \(year) does not begin at day \(expected), or does not end on its last day")
                return
            }
            expected = last.dayNumber + 1
        }
        #expect(CalendarDate.first.dayNumber == -719_162 && expected == CalendarDate.last.dayNumber + 1)
    }

    @Test("dates agree with Foundation's Gregorian calendar")
    func againstFoundation() throws {
        var random = SplitMix64(for: "dates agree with Foundation's")
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(secondsFromGMT: BeijingTime.offsetSeconds))
        for _ in 0..<1000 {
            let instant = Date(timeIntervalSince1970: Double(Int.random(in: 0...4_000_000_000, using: &random)))
            let date = try BeijingTime.date(at: instant)
            let parts = calendar.dateComponents([.year, .month, .day, .weekday, .dayOfYear], from: instant)
            #expect((date.year, date.month, date.day) == (parts.year ?? 0, parts.month ?? 0, parts.day ?? 0))
            #expect(date.weekday.rawValue % 7 + 1 == parts.weekday && date.dayOfYear == parts.dayOfYear)
            #expect(BeijingTime.startOfDay(date) == calendar.startOfDay(for: instant))
        }
    }

    @Test(
        "a month later is the same day, or the last day of a shorter month",
        arguments: [
            ("2026-01-31", 1, "2026-02-28"), ("2024-01-31", 1, "2024-02-29"), ("2026-03-31", -1, "2026-02-28"),
            ("2025-11-30", 3, "2026-02-28"),
            ("2026-12-15", 1, "2027-01-15"), ("2026-01-15", -1, "2025-12-15"), ("2024-02-29", 12, "2025-02-28"),
            ("2026-05-09", 0, "2026-05-09"),
        ])
    func months(start: String, months: Int, end: String) throws {
        #expect(try CalendarDate(start).adding(months: months) == CalendarDate(end))
    }

    @Test("a date outside the years 1 to 9999 is an error in every operation")
    func outOfRange() throws {
        let date = try CalendarDate("2026-05-09")
        for days in [Int.max, Int.min, 4_000_000, -800_000] {
            #expect(throws: CalendarError.outOfRange) { try date.adding(days: days) }
        }
        for months in [Int.max, Int.min, 8000 * 12, -2026 * 12] {
            #expect(throws: CalendarError.outOfRange) { try date.adding(months: months) }
        }
        #expect(throws: CalendarError.outOfRange) { try date.adding(years: Int.max) }
        #expect(throws: CalendarError.outOfRange) { try CalendarDate.last.adding(days: 1) }
        #expect(throws: CalendarError.outOfRange) { try CalendarDate.first.adding(days: -1) }
        for seconds in [Double.nan, .infinity, -.infinity, 1e300, -1e12] {
            #expect(throws: CalendarError.outOfRange) { try BeijingTime.date(at: Date(timeIntervalSince1970: seconds)) }
        }
        #expect(throws: CalendarError.noSuchDay(year: 2026, month: Int.max, day: 1)) {
            try CalendarDate(year: 2026, month: .max, day: 1)
        }
    }

    @Test("days between two dates add up to the later one, and dates order like their texts")
    func daysBetween() throws {
        var random = SplitMix64(for: "days between two dates")
        for _ in 0..<1000 {
            let numbers = (0..<2).map { _ in Int.random(in: CalendarDate.first.dayNumber...CalendarDate.last.dayNumber, using: &random) }
            let (one, other) = (try CalendarDate(dayNumber: numbers[0]), try CalendarDate(dayNumber: numbers[1]))
            #expect(try one.adding(days: one.days(until: other)) == other)
            #expect((one < other) == (one.description < other.description))
        }
    }

    @Test("a day in Beijing begins and ends at 16:00 UTC, and its end is the next day's beginning")
    func beijingDays() throws {
        let date = try CalendarDate("2026-05-09")
        let start = try Date("2026-05-08T16:00:00Z", strategy: .iso8601)
        #expect(BeijingTime.startOfDay(date) == start)
        #expect(try BeijingTime.endOfDay(date) == Date("2026-05-09T16:00:00Z", strategy: .iso8601))
        #expect(try BeijingTime.date(at: start) == date)
        #expect(try BeijingTime.date(at: BeijingTime.endOfDay(date).addingTimeInterval(-0.001)) == date)
        #expect(try BeijingTime.date(at: BeijingTime.endOfDay(date)) == date.adding(days: 1))
        #expect(BeijingTime.instant(on: date, hour: 17, minute: 30) == start.addingTimeInterval(17.5 * 3600))
        #expect(BeijingTime.instant(on: date, hour: 24) == nil && BeijingTime.instant(on: date, hour: 0, minute: 60) == nil)
    }
}
