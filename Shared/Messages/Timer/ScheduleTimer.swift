public import Foundation
public import Kernel

/// Asks the timer to publish `TimerFired` when an instant has passed. Sent under the key of the timer's subject.
///
/// The same owner and name again moves the timer. A fired timer fires again if it is set to another instant, but not for the same one: a
/// timer that is moved while it fires may fire twice, but is never lost.
public struct ScheduleTimer: Command, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("timer", "schedule-timer")

    /// When a timer fires.
    public enum Due: Codable, Sendable, Hashable {
        /// At an instant.
        case at(Date)
        /// At the end of a working day, counted in working days after the day of an instant. For dates beyond the published calendar.
        case workingDays(Int, after: Date)

        private enum AtCodingKeys: String, CodingKey { case _0 = "instant" }
        private enum WorkingDaysCodingKeys: String, CodingKey {
            case _0 = "days"
            case after
        }
    }

    /// The service that schedules the timer and is notified when it fires.
    @Text<CodeText> public private(set) var owner: String
    /// The timer's name, unique for its owner: `order/<id>/decision`.
    @Text<TimerText> public private(set) var name: String
    /// The subject, by the owner's key: for example an order's id.
    @Text<TimerText> public private(set) var subject: String
    /// The deadline, by its name in the programme: `order.decision`.
    @Text<CodeText> public private(set) var purpose: String
    /// When it is due.
    public let due: Due
    /// The delay in seconds after the due instant, so that commands received in time are handled first.
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
