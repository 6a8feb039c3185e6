public import Foundation
public import Kernel

/// Asks ordering to take down how the enterprise rates a completed service. By the enterprise.
public struct RateService: Command, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("ordering", "rate-service")

    /// The order.
    public let orderID: UUID
    /// 1 to 5.
    public let stars: Int
    /// In words, at most 500 characters.
    @OptionalText<CommentText> public private(set) var comment: String?

    /// Rates a service.
    public init(orderID: UUID, stars: Int, comment: String? = nil) {
        self.orderID = orderID
        self.stars = stars
        self.comment = comment
    }
}
