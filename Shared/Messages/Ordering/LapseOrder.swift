public import Foundation
public import Kernel

/// Asks ordering to let an order lapse whose deadline has passed. By `ordering` itself, when the timer has fired: as a command under the
/// order's key it stands behind every decision that was on its way when the timer fired, so that those are taken first.
public struct LapseOrder: Command, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("ordering", "lapse-order")

    /// The order.
    public let orderID: UUID
    /// The deadline, by its name in the programme's procedure `order`.
    @Text<CodeText> public private(set) var deadline: String
    /// When it came due.
    public let dueAt: Date

    /// Lets an order lapse.
    public init(orderID: UUID, deadline: String, dueAt: Date) {
        self.orderID = orderID
        self.deadline = deadline
        self.dueAt = dueAt
    }
}
