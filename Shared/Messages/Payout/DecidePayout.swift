public import Foundation
public import Kernel

/// Asks payout to take a disbursement, or all of a batch, a step on. By who may take the step.
public struct DecidePayout: Command, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("payout", "decide-payout")

    /// What is asked, by the command's name in the programme's procedure `payout`.
    public enum Decision: String, Codable, Sendable, Hashable, CaseIterable {
        /// A second person approves what was batched.
        case approve = "approve-payout"
        /// A disbursement is taken out of its batch again, as when its account has changed.
        case unbatch = "unbatch-payout"
        /// A new attempt after the bank has finally rejected the last.
        case retry = "retry-payout"
        /// The institution reports that the service was refunded or not delivered.
        case reportRefund = "report-refund"
        /// The bureau demands the funds back.
        case demand = "demand-funds"
        /// Returned funds have come in.
        case receive = "receive-funds"
    }

    /// What is decided on.
    public enum Subject: Codable, Sendable, Hashable {
        /// One disbursement.
        case disbursement(id: UUID)
        /// All of a batch, or none of it; with `approve` only.
        case batch(id: UUID)
    }

    /// What is decided on.
    public let subject: Subject
    /// What is asked.
    public let decision: Decision
    /// Why; the programme says where one is needed.
    @OptionalText<ReasonText> public private(set) var reason: String?
    /// What is to be returned, with `reportRefund` and `demand` (nil: all of it), or what has come in, with `receive`.
    public let amountFen: Fen?
    /// The bank's reference of the incoming funds; with `receive`. The same reference counts once.
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
