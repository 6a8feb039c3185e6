public import Foundation
public import Kernel

/// Asks the timer to tell when an instant has passed. Sent under the key of what it is about.
///
/// The same owner and name again moves the timer. One that has fired fires again if it is set to another instant, and not for the same one: what
/// an owner moves while it fires is told twice, and never lost.
public struct ScheduleTimer: Command, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("timer", "schedule-timer")

    /// When a timer fires.
    public enum Due: Codable, Sendable, Hashable {
        /// At an instant.
        case at(Date)
        /// So many working days after the day of an instant, at the end of the last; the calendar reaches not so far yet.
        case workingDays(Int, after: Date)

        private enum AtCodingKeys: String, CodingKey { case _0 = "instant" }
        private enum WorkingDaysCodingKeys: String, CodingKey {
            case _0 = "days"
            case after
        }
    }

    /// The service that asks, and that the firing is for.
    @Text<CodeText> public private(set) var owner: String
    /// The timer's name, unique for its owner: `order/<id>/decision`.
    @Text<TimerText> public private(set) var name: String
    /// What it is about, as the owner's key: an order's id.
    @Text<TimerText> public private(set) var subject: String
    /// What has come due, by the programme's name of the deadline: `order.decision`.
    @Text<CodeText> public private(set) var purpose: String
    /// When.
    public let due: Due
    /// How long after that it fires, so that what arrived in time is decided first.
    public let graceSeconds: Int

    /// Schedules a timer.
    public init(owner: String, name: String, subject: String, purpose: String, due: Due, graceSeconds: Int = 0) {
        self.owner = owner
        self.name = name
        self.subject = subject
        self.purpose = purpose
        self.due = due
        self.graceSeconds = graceSeconds
    }
}
