public import Foundation
public import Kernel

/// Asks ordering to record the enterprise's rating of a completed service. Sent by the enterprise.
public struct RateService: Command, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("ordering", "rate-service")

    /// The order.
    public let orderID: UUID
    /// The rating, 1 to 5.
    public let stars: Int
    /// A comment, at most 500 characters.
    @OptionalText<CommentText> public private(set) var comment: String?

    /// Rates a service.
    public init(orderID: UUID, stars: Int, comment: String? = nil) {
        self.orderID = orderID
        self.stars = stars
        self.comment = comment
    }
}
