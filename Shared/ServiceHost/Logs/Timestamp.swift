import Foundation

/// An instant as RFC 3339 in UTC with milliseconds: `2026-05-09T01:02:03.004Z`.
enum Timestamp {
    /// Renders the instant without a formatter, because a formatter is not `Sendable`, and creating one for each line is slow.
    static func text(of instant: Date) -> String {
        let total = Int64((instant.timeIntervalSince1970 * 1000).rounded(.down))
        let (day, millisecondOfDay) = total.quotientAndRemainder(flooringBy: 86_400_000)
        let (year, month, dayOfMonth) = civil(day: day)
        let second = millisecondOfDay / 1000
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(dayOfMonth, 2))T"
            + "\(padded(second / 3600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))"
            + ".\(padded(millisecondOfDay % 1000, 3))Z"
    }

    /// The Gregorian date of a day counted from 1970-01-01. The computation uses years that begin in March, so that leap days come last.
    private static func civil(day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = (day + 719_468).quotientAndRemainder(flooringBy: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

extension Int64 {
    fileprivate func quotientAndRemainder(flooringBy divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
