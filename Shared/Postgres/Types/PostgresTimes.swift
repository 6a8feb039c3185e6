public import Foundation

/// Microseconds between PostgreSQL's epoch (2000) and Foundation's reference date (2001): the year 2000 had 366 days.
private let microsecondsFrom2000To2001: Int64 = 366 * 86_400 * 1_000_000

extension Date: PostgresEncodable, PostgresDecodable, PostgresElement {
    /// Sent as timestamptz, rounded to the microsecond.
    public func encode(as type: PostgresType, into writer: inout PostgresWriter) throws {
        guard type == .timestamptz else { throw PostgresWriter.mismatch(Self.self, type) }
        let microseconds = microsecondsSinceReferenceDate
        // NaN and the infinities fail here too. The bound is PostgreSQL's limit, year 294276.
        guard microseconds.magnitude < 9.2e18, let since2001 = Int64(exactly: microseconds) else {
            throw PostgresError(.encoding, "an instant is outside the range of timestamptz")
        }
        writer.write(since2001 + microsecondsFrom2000To2001)
    }

    /// Read from timestamptz. `infinity` has no `Date` and is a decoding error.
    public static func decode(_ cell: PostgresCell) throws -> Date {
        guard cell.type == .timestamptz || cell.bytes == nil else { throw cell.mismatch(Self.self) }
        let since2000 = try cell.requireInteger(Int64.self)
        guard since2000 != .max, since2000 != .min else { throw cell.outOfRange(Self.self) }
        return Date(microsecondsSince2000: since2000)
    }

    /// The date rounded as timestamptz stores it; unchanged when it is out of range.
    public var asTimestamp: Date {
        let microseconds = microsecondsSinceReferenceDate
        guard microseconds.magnitude < 9.2e18, let since2001 = Int64(exactly: microseconds) else { return self }
        return Date(microsecondsSince2000: since2001 + microsecondsFrom2000To2001)
    }

    private var microsecondsSinceReferenceDate: Double { (timeIntervalSinceReferenceDate * 1_000_000).rounded() }

    /// Converts whole seconds and the fraction separately, so that a Double keeps the microsecond.
    private init(microsecondsSince2000 since2000: Int64) {
        let seconds = since2000 / 1_000_000 - 366 * 86_400
        self.init(timeIntervalSinceReferenceDate: Double(seconds) + Double(since2000 % 1_000_000) / 1_000_000)
    }
}

/// A calendar day without time or zone: PostgreSQL's `date`, in the proleptic Gregorian calendar.
public struct PostgresDate: Sendable, Hashable, Comparable, PostgresEncodable, PostgresDecodable, PostgresElement {
    /// The astronomical year: 0 is 1 BC.
    public let year: Int
    /// 1 to 12.
    public let month: Int
    /// 1 to 31.
    public let day: Int

    /// Accepts any three numbers; a day that does not exist is refused when it is sent.
    public init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// Earlier days come first.
    public static func < (left: PostgresDate, right: PostgresDate) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }

    /// Sent as date.
    public func encode(as type: PostgresType, into writer: inout PostgresWriter) throws {
        guard type == .date else { throw PostgresWriter.mismatch(Self.self, type) }
        guard (-4712...5_874_897).contains(year), let days = daysSince2000, PostgresDate(daysSince2000: days) == self else {
            throw PostgresError(.encoding, "a date does not exist, or is outside the range of PostgreSQL's date")
        }
        writer.write(Int32(days))
    }

    /// Read from date. `infinity` is a decoding error.
    public static func decode(_ cell: PostgresCell) throws -> PostgresDate {
        guard cell.type == .date || cell.bytes == nil else { throw cell.mismatch(Self.self) }
        let days = try cell.requireInteger(Int32.self)
        guard days != .max, days != .min else { throw cell.outOfRange(Self.self) }
        return PostgresDate(daysSince2000: Int(days))
    }

    /// Counts in 400-year cycles (146 097 days each) from 1 March 2000: the leap day is then the last day of its year and needs no
    /// special case.
    private var daysSince2000: Int? {
        guard (1...12).contains(month), (1...31).contains(day) else { return nil }
        let marchYear = (month > 2 ? year : year - 1) - 2000
        let (cycle, yearOfCycle) = marchYear.floorDivided(by: 400)
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return cycle * 146_097 + yearOfCycle * 365 + yearOfCycle / 4 - yearOfCycle / 100 + dayOfYear + 60
    }

    private init(daysSince2000 days: Int) {
        let (cycle, dayOfCycle) = (days - 60).floorDivided(by: 146_097)
        let yearOfCycle = (dayOfCycle - dayOfCycle / 1460 + dayOfCycle / 36_524 - dayOfCycle / 146_096) / 365
        let dayOfYear = dayOfCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = cycle * 400 + yearOfCycle + 2000 + (month <= 2 ? 1 : 0)
    }
}

extension Int {
    /// Division rounded towards negative infinity, with a non-negative remainder.
    fileprivate func floorDivided(by divisor: Int) -> (quotient: Int, remainder: Int) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
