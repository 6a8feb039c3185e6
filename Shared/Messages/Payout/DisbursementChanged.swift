public import Foundation
public import Kernel

/// The state of a disbursement after a step. Keyed by the disbursement's id.
public struct DisbursementChanged: Event, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("payout", "disbursement-changed")

    /// The disbursement.
    public let disbursement: DisbursementSnapshot
    /// The step of the programme's procedure `payout` that was taken; or `attempt`, if only the state of the payment attempt changed.
    public let step: String
    /// The state before; nil for a new disbursement.
    public let from: String?
    /// The reason, from a person or the bank.
    public let reason: String?
    /// When it was decided.
    public let at: Date

    /// A step of a disbursement.
    public init(disbursement: DisbursementSnapshot, step: String, from: String?, reason: String? = nil, at: Date) {
        self.disbursement = disbursement
        self.step = step
        self.from = from
        self.reason = reason
        self.at = at
    }
}

/// The state of a disbursement that is published to other services. Of the payee's account number it has only the last digits.
public struct DisbursementSnapshot: Codable, Sendable, Hashable {
    /// The disbursement; a redemption has exactly one.
    public let disbursementID: UUID
    /// The order whose redemption is paid.
    public let orderID: UUID
    /// The programme under which the order was placed.
    public let programmeID: String
    /// The programme's version.
    public let programmeVersion: Int
    /// The institution that is paid.
    public let institutionID: UUID
    /// The institution's name when the order was placed.
    public let institutionName: String
    /// The amount paid.
    public let amountFen: Fen
    /// The state, by its name in the programme's procedure `payout`.
    public let state: String
    /// The batch, if it is in one.
    public let batchID: UUID?
    /// The number of attempts so far: 0 before the first.
    public let attempt: Int
    /// The id of the last attempt's instruction to the bank.
    public let instructionID: UUID?
    /// The state of the last attempt: `to-send`, `sending`, `unknown`, `pending`, `booked`, `rejected`.
    public let attemptState: String?
    /// The bank's reference of the payment.
    public let bankReference: String?
    /// The amount to be returned.
    public let owedFen: Fen
    /// The amount returned so far.
    public let returnedFen: Fen
    /// The contradiction in the bank's answers that stops processing until an officer intervenes; nil if there is none.
    public let alarm: String?
    /// The payee's account when the disbursement was batched, or the changed account proposed for another attempt; nil before.
    public let payee: PayeeSnapshot?
    /// True while a changed account is proposed for another attempt and no second person has approved it; left out otherwise.
    public let isPayeeProposed: Bool?

    /// The state of a disbursement.
    public init(
        disbursementID: UUID, orderID: UUID, programmeID: String, programmeVersion: Int, institutionID: UUID, institutionName: String,
        amountFen: Fen, state: String, batchID: UUID? = nil, attempt: Int = 0, instructionID: UUID? = nil, attemptState: String? = nil,
        bankReference: String? = nil, owedFen: Fen = .zero, returnedFen: Fen = .zero, alarm: String? = nil,
        payee: PayeeSnapshot? = nil, isPayeeProposed: Bool? = nil
    ) {
        self.disbursementID = disbursementID
        self.orderID = orderID
        self.programmeID = programmeID
        self.programmeVersion = programmeVersion
        self.institutionID = institutionID
        self.institutionName = institutionName
        self.amountFen = amountFen
        self.state = state
        self.batchID = batchID
        self.attempt = attempt
        self.instructionID = instructionID
        self.attemptState = attemptState
        self.bankReference = bankReference
        self.owedFen = owedFen
        self.returnedFen = returnedFen
        self.alarm = alarm
        self.payee = payee
        self.isPayeeProposed = isPayeeProposed
    }
}
