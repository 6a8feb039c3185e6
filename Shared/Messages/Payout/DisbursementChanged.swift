public import Foundation
public import Kernel

/// A disbursement as it stands after a step. Keyed by the disbursement's id.
public struct DisbursementChanged: Event, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("payout", "disbursement-changed")

    /// The disbursement.
    public let disbursement: DisbursementSnapshot
    /// The step of the programme's procedure `payout` that was taken; or `attempt`, where only the attempt at the bank came further.
    public let step: String
    /// The state before; nil for a new disbursement.
    public let from: String?
    /// The reason given, by a person or by the bank.
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

/// All that other services may know of a disbursement. The payee's account is none of it but its last digits.
public struct DisbursementSnapshot: Codable, Sendable, Hashable {
    /// The disbursement: one for the life of a redemption.
    public let disbursementID: UUID
    /// The order whose redemption is paid.
    public let orderID: UUID
    /// The programme the order was placed under.
    public let programmeID: String
    /// Its version.
    public let programmeVersion: Int
    /// The institution that is paid.
    public let institutionID: UUID
    /// Its name when the order was placed.
    public let institutionName: String
    /// What is paid.
    public let amountFen: Fen
    /// Its state, by the names of the programme's procedure `payout`.
    public let state: String
    /// The batch it is in.
    public let batchID: UUID?
    /// The attempts made so far: 0 before the first.
    public let attempt: Int
    /// The last attempt's id, which the bank knows it by.
    public let instructionID: UUID?
    /// Where the last attempt stands: `to-send`, `sending`, `unknown`, `pending`, `booked`, `rejected`.
    public let attemptState: String?
    /// The bank's reference of the payment.
    public let bankReference: String?
    /// What is to be returned.
    public let owedFen: Fen
    /// What has been returned.
    public let returnedFen: Fen
    /// Why nothing more is done with it until an officer has looked: the bank's answers contradict each other.
    public let alarm: String?
    /// Where it is paid to, as it was when it was batched, or when a changed account was proposed for another attempt; nil before.
    public let payee: PayeeSnapshot?
    /// True while a changed account is proposed for another attempt and no second person has agreed to it; left out otherwise.
    public let isPayeeProposed: Bool?

    /// A disbursement as it stands.
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
