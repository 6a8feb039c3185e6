public import Foundation

extension WorkingDayCalendar {
    /// The instant by which something must be done within `days` working days of `start`: 24:00 in Beijing on the last of them.
    ///
    /// The day of `start` in Beijing is not counted. An instant outside the years 1 to 9999 is an error; a deadline past the published
    /// calendar is an answer.
    public func deadline(workingDays days: Int, after start: Date) throws(CalendarError) -> CalendarAnswer<Date> {
        adding(days, to: try BeijingTime.date(at: start)).map(BeijingTime.endOfDay)
    }
}
