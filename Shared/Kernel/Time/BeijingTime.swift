public import Foundation

/// Conversion between instants and days in Asia/Shanghai.
///
/// The offset is always eight hours, because China has had no summer time since 1991 and all dates in Quan are later. Earlier summer times
/// are ignored.
public enum BeijingTime {
    /// The offset of Beijing from UTC in seconds.
    public static let offsetSeconds = 8 * 3600

    /// The day in Beijing at `instant`. Throws `CalendarError.outOfRange` outside the years 1 to 9999.
    public static func date(at instant: Date) throws(CalendarError) -> CalendarDate {
        let day = ((instant.timeIntervalSince1970 + Double(offsetSeconds)) / 86400).rounded(.down)
        guard let number = Int(exactly: day) else { throw .outOfRange }
        return try CalendarDate(dayNumber: number)
    }

    /// The instant at which `date` begins in Beijing (00:00).
    public static func startOfDay(_ date: CalendarDate) -> Date {
        Date(timeIntervalSince1970: Double(date.dayNumber * 86400 - offsetSeconds))
    }

    /// The instant at which `date` ends in Beijing (24:00), which is the beginning of the day after.
    ///
    /// A deadline "by the end of the day" is met before this instant, and missed at it.
    public static func endOfDay(_ date: CalendarDate) -> Date {
        startOfDay(date).addingTimeInterval(86400)
    }

    /// The instant of a Beijing time on `date`; nil unless it is 00:00:00 to 23:59:59.
    public static func instant(on date: CalendarDate, hour: Int, minute: Int = 0, second: Int = 0) -> Date? {
        guard (0...23).contains(hour), (0...59).contains(minute), (0...59).contains(second) else { return nil }
        return startOfDay(date).addingTimeInterval(Double(hour * 3600 + minute * 60 + second))
    }
}
