public import Foundation

/// Times in JSON: RFC 3339 in UTC with six decimals, `2026-05-09T15:59:59.000001Z`.
///
/// Foundation's formatter has only milliseconds; deadlines are compared in microseconds, as PostgreSQL stores them.
public enum WireTime {
    /// Formats a time. Years 1 to 9999; a time outside is written as the nearest bound, NaN as the lower one.
    ///
    /// A `Date` represents microseconds exactly from 1729 to 2273; outside, the last decimals are inexact.
    public static func text(_ instant: Date) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(27)
        append(instant, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends the same, in ASCII, to other octets.
    public static func append(_ instant: Date, to text: inout [UInt8]) {
        let sinceReference = instant.timeIntervalSinceReferenceDate
        let bounded = sinceReference > firstSecond ? min(sinceReference, lastSecond) : firstSecond
        // Seconds and fraction are separated from the number that `Date` stores: any other way rounds twice and can lose a microsecond.
        let seconds = bounded.rounded(.down)
        let microseconds = (Int64(seconds) + referenceSeconds) * 1_000_000 + Int64(((bounded - seconds) * 1_000_000).rounded())
        let (days, inDay) = microseconds.flooredDivision(by: 86_400_000_000)
        let (year, month, day) = civil(fromDays: days)
        let secondOfDay = inDay / 1_000_000
        write(year, digits: 4, then: "-", to: &text)
        write(month, digits: 2, then: "-", to: &text)
        write(day, digits: 2, then: "T", to: &text)
        write(secondOfDay / 3600, digits: 2, then: ":", to: &text)
        write(secondOfDay / 60 % 60, digits: 2, then: ":", to: &text)
        write(secondOfDay % 60, digits: 2, then: ".", to: &text)
        write(inDay % 1_000_000, digits: 6, then: "Z", to: &text)
    }

    private static func write(_ number: Int64, digits: Int, then next: Unicode.Scalar, to text: inout [UInt8]) {
        var unit: Int64 = 1
        for _ in 1..<digits { unit *= 10 }
        while unit > 0 {
            text.append(UInt8(ascii: "0") + UInt8(number / unit % 10))
            unit /= 10
        }
        text.append(UInt8(ascii: next))
    }

    /// Reads a time in UTC with 0 to 6 decimals; nil if it is invalid, including an impossible date.
    public static func instant(_ text: String) -> Date? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.count <= 27, bytes.last == UInt8(ascii: "Z"), bytes[4] == UInt8(ascii: "-"),
            bytes[7] == UInt8(ascii: "-"), bytes[10] == UInt8(ascii: "T"), bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            let year = number(bytes[0..<4]), let month = number(bytes[5..<7]), let day = number(bytes[8..<10]),
            let hour = number(bytes[11..<13]), let minute = number(bytes[14..<16]), let second = number(bytes[17..<19]),
            year >= 1, hour < 24, minute < 60, second < 60, let fraction = microseconds(bytes[19..<(bytes.count - 1)])
        else { return nil }
        let days = days(fromYear: year, month: month, day: day)
        guard civil(fromDays: days) == (year, month, day) else { return nil }
        let total = ((days * 24 + hour) * 60 + minute) * 60 + second
        return Date(timeIntervalSinceReferenceDate: Double(total - referenceSeconds) + Double(fraction) / 1_000_000)
    }

    /// Seconds from 1970 to 2001, which is Foundation's reference date.
    private static let referenceSeconds: Int64 = 978_307_200
    /// 0001-01-01T00:00:00 and 9999-12-31T23:59:59, in seconds from Foundation's reference date.
    private static let firstSecond: Double = -63_113_904_000
    private static let lastSecond: Double = 252_423_993_599

    private static func microseconds(_ bytes: ArraySlice<UInt8>) -> Int64? {
        if bytes.isEmpty { return 0 }
        guard bytes.first == UInt8(ascii: "."), let digits = number(bytes.dropFirst()), bytes.count > 1 else { return nil }
        return (bytes.count..<7).reduce(digits) { value, _ in value * 10 }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int64? {
        var value: Int64 = 0
        for byte in bytes {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            value = value * 10 + Int64(byte - 0x30)
        }
        return bytes.isEmpty ? nil : value
    }

    /// Days since 1970-01-01 of a date in the proleptic Gregorian calendar. Years are counted from March, so that the leap day comes last.
    private static func days(fromYear year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = shifted.flooredDivision(by: 400)
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = (days + 719_468).flooredDivision(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}

extension Int64 {
    /// The quotient rounded towards minus infinity, and the matching remainder.
    fileprivate func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
