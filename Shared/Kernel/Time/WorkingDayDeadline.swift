public import Foundation

extension WorkingDayCalendar {
    /// The deadline `days` working days after `start`: 24:00 in Beijing on the last day.
    ///
    /// The day of `start` in Beijing is not counted. An instant outside the years 1 to 9999 throws; a deadline beyond the published
    /// calendar is
    /// `.notPublished`.
    public func deadline(workingDays days: Int, after start: Date) throws(CalendarError) -> CalendarAnswer<Date> {
        adding(days, to: try BeijingTime.date(at: start)).map(BeijingTime.endOfDay)
    }
}
