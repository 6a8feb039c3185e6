public import Foundation
public import Kernel

/// The circumstances of a decision besides the facts: the current instant, the calendar, and the announcements so far.
public struct Circumstances: Sendable {
    /// The current instant of the decision.
    public let now: Date
    /// The working days.
    public let calendar: WorkingDayCalendar
    /// The announced first and last days of windows.
    public let announcements: Announcements

    /// Circumstances of a decision.
    public init(now: Date, calendar: WorkingDayCalendar = .stateCouncil, announcements: Announcements = Announcements()) {
        (self.now, self.calendar, self.announcements) = (now, calendar, announcements)
    }

    /// The day in Beijing; nil for an instant outside the years 1 to 9999.
    var today: CalendarDate? { try? BeijingTime.date(at: now) }
}

/// The days announced by the city for windows, by the window's id.
public struct Announcements: Sendable, Hashable, Codable {
    /// The first days.
    public var opens: [String: CalendarDate]
    /// The last days.
    public var closes: [String: CalendarDate]

    /// Announcements; empty by default.
    public init(opens: [String: CalendarDate] = [:], closes: [String: CalendarDate] = [:]) {
        (self.opens, self.closes) = (opens, closes)
    }
}
