public import Foundation
public import Kernel

/// Redemption's word to itself that a deadline has passed, so that whatever was sent in time and is still on its way is taken first. By `redemption`.
public struct LapseRedemption: Command, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("redemption", "lapse-redemption")

    /// The order whose redemption it is.
    public let orderID: UUID
    /// The deadline, by its name in the programme's procedure `redemption`.
    @Text<CodeText> public private(set) var deadline: String
    /// The timer that fired; a deadline that was moved since has another.
    @Text<TimerText> public private(set) var timer: String
    /// When it came due.
    public let dueAt: Date

    /// A deadline that has passed.
    public init(orderID: UUID, deadline: String, timer: String, dueAt: Date) {
        self.orderID = orderID
        self.deadline = deadline
        self.timer = timer
        self.dueAt = dueAt
    }
}
