public import Foundation
public import Kernel

/// What a decision looks at beside the facts: the instant it counts as now, the calendar, and what has been announced so far.
public struct Circumstances: Sendable {
    /// The instant that counts as now.
    public let now: Date
    /// The working days.
    public let calendar: WorkingDayCalendar
    /// The days on which windows were announced to open or end.
    public let announcements: Announcements

    /// Circumstances of a decision.
    public init(now: Date, calendar: WorkingDayCalendar = .stateCouncil, announcements: Announcements = Announcements()) {
        (self.now, self.calendar, self.announcements) = (now, calendar, announcements)
    }

    /// The day in Beijing; nil for an instant outside the years 1 to 9999.
    var today: CalendarDate? { try? BeijingTime.date(at: now) }
}

/// Days that the city announced for windows, by the window's name.
public struct Announcements: Sendable, Hashable, Codable {
    /// The first days.
    public var opens: [String: CalendarDate]
    /// The last days.
    public var closes: [String: CalendarDate]

    /// What was announced; nothing at first.
    public init(opens: [String: CalendarDate] = [:], closes: [String: CalendarDate] = [:]) {
        (self.opens, self.closes) = (opens, closes)
    }
}
