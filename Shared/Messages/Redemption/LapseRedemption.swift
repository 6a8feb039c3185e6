public import Foundation
public import Kernel

/// A deadline of a redemption has passed. Sent by `redemption` to itself when the timer fires, so that commands already in the topic are
/// handled first.
public struct LapseRedemption: Command, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("redemption", "lapse-redemption")

    /// The order of the redemption.
    public let orderID: UUID
    /// The deadline, by its name in the programme's procedure `redemption`.
    @Text<CodeText> public private(set) var deadline: String
    /// The timer that fired; if the deadline was moved since, its timer has another name.
    @Text<TimerText> public private(set) var timer: String
    /// When the deadline ended.
    public let dueAt: Date

    /// A deadline that has passed.
    public init(orderID: UUID, deadline: String, timer: String, dueAt: Date) {
        self.orderID = orderID
        self.deadline = deadline
        self.timer = timer
        self.dueAt = dueAt
    }
}
