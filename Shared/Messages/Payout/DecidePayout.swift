public import Foundation
public import Kernel

/// Asks payout to take a step of a disbursement or of all disbursements of a batch. Sent by a role that the programme permits.
public struct DecidePayout: Command, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("payout", "decide-payout")

    /// The decision, by the command's name in the programme's procedure `payout`.
    public enum Decision: String, Codable, Sendable, Hashable, CaseIterable {
        /// A second person approves a batched disbursement.
        case approve = "approve-payout"
        /// Removes a disbursement from its batch, for example because its account has changed.
        case unbatch = "unbatch-payout"
        /// Starts a new attempt after the bank's final rejection of the last one.
        case retry = "retry-payout"
        /// The institution reports that the service was refunded or not delivered.
        case reportRefund = "report-refund"
        /// The bureau demands the funds back.
        case demand = "demand-funds"
        /// Returned funds have been received.
        case receive = "receive-funds"
    }

    /// The subject of a decision.
    public enum Subject: Codable, Sendable, Hashable {
        /// One disbursement.
        case disbursement(id: UUID)
        /// All disbursements of a batch, or none; with `approve` only.
        case batch(id: UUID)
    }

    /// The subject.
    public let subject: Subject
    /// The decision.
    public let decision: Decision
    /// The reason; the programme says where it is required.
    @OptionalText<ReasonText> public private(set) var reason: String?
    /// The amount to be returned, with `reportRefund` and `demand` (nil: all of it), or the amount received, with `receive`.
    public let amountFen: Fen?
    /// The bank's reference of the incoming funds; with `receive`. A reference can be recorded once.
    @OptionalText<BankReferenceText> public private(set) var bankReference: String?

    /// Decides on a disbursement or a batch.
    public init(subject: Subject, decision: Decision, reason: String? = nil, amountFen: Fen? = nil, bankReference: String? = nil) {
        self.subject = subject
        self.decision = decision
        self.reason = reason
        self.amountFen = amountFen
        self.bankReference = bankReference
    }
}
