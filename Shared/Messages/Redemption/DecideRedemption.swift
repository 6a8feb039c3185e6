public import Foundation
public import Kernel

/// Asks redemption to take a step of a redemption. Sent by a role that the programme permits.
public struct DecideRedemption: Command, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("redemption", "decide-redemption")

    /// The decision, by the command's name in the programme's procedure `redemption`.
    public enum Decision: String, Codable, Sendable, Hashable, CaseIterable {
        /// The institution waives its claim; with a statement among the papers if the programme requires one.
        case waive = "waive-redemption"
        /// The review agency returns the papers for correction.
        case `return` = "return-redemption"
        /// The review agency determines the amount.
        case determine = "determine-redemption"
        /// The bureau decides that the amount is paid.
        case decide = "decide-redemption"
        /// The bureau decides that nothing is paid.
        case refuse = "refuse-redemption"
        /// The bureau starts the public notice of the decision.
        case publish = "publish-redemption"
        /// A person objects during the public notice.
        case object = "object-to-redemption"
        /// The bureau rejects an objection.
        case answerObjection = "answer-redemption-objection"
        /// The bureau upholds an objection: nothing is paid.
        case upholdObjection = "uphold-redemption-objection"
    }

    /// The order of the redemption.
    public let orderID: UUID
    /// The decision.
    public let decision: Decision
    /// The reason; the programme says where it is required.
    @OptionalText<ReasonText> public private(set) var reason: String?
    /// The determined amount, with `determine`; nil for the calculated amount.
    public let amountFen: Fen?
    /// Papers that the step requires, such as a statement of waiver; otherwise empty.
    public let papers: [RedemptionPaper]

    /// Takes a step.
    public init(orderID: UUID, decision: Decision, reason: String? = nil, amountFen: Fen? = nil, papers: [RedemptionPaper] = []) {
        self.orderID = orderID
        self.decision = decision
        self.reason = reason
        self.amountFen = amountFen
        self.papers = papers
    }
}
