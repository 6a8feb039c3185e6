public import Foundation
public import Kernel

/// Asks ordering to let an order lapse because its deadline has passed. Sent by `ordering` to itself when the timer fires: the command has
/// the order's key, so it is handled after every decision that was already in the topic.
public struct LapseOrder: Command, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("ordering", "lapse-order")

    /// The order.
    public let orderID: UUID
    /// The deadline, by its name in the programme's procedure `order`.
    @Text<CodeText> public private(set) var deadline: String
    /// When the deadline ended.
    public let dueAt: Date

    /// Lets an order lapse.
    public init(orderID: UUID, deadline: String, dueAt: Date) {
        self.orderID = orderID
        self.deadline = deadline
        self.dueAt = dueAt
    }
}
