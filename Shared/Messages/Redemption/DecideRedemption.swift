public import Foundation
public import Kernel

/// Asks redemption to take a redemption a step on. By who may take the step.
public struct DecideRedemption: Command, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("redemption", "decide-redemption")

    /// What is asked, by the command's name in the programme's procedure `redemption`.
    public enum Decision: String, Codable, Sendable, Hashable, CaseIterable {
        /// The institution waives; with a statement among the papers where the programme asks for one.
        case waive = "waive-redemption"
        /// The review agency gives the papers back for mending.
        case `return` = "return-redemption"
        /// The review agency determines the amount.
        case determine = "determine-redemption"
        /// The bureau decides that the amount be paid.
        case decide = "decide-redemption"
        /// The bureau decides that nothing be paid.
        case refuse = "refuse-redemption"
        /// The bureau puts the decision up for public notice.
        case publish = "publish-redemption"
        /// Somebody objects to what is in public notice.
        case object = "object-to-redemption"
        /// The bureau finds an objection without ground.
        case answerObjection = "answer-redemption-objection"
        /// The bureau upholds an objection: nothing is paid.
        case upholdObjection = "uphold-redemption-objection"
    }

    /// The order whose redemption it is.
    public let orderID: UUID
    /// What is asked.
    public let decision: Decision
    /// Why; the programme says where one is needed.
    @OptionalText<ReasonText> public private(set) var reason: String?
    /// What is determined, with `determine`; nil for what the calculation comes to.
    public let amountFen: Fen?
    /// Papers that the step needs, a statement of waiver; else none.
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
