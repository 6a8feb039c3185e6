public import Foundation
public import Kernel

/// The payment of one redemption to its institution. Its id is for life; each attempt at the bank is an `Instruction` of its own.
public struct Disbursement: Sendable, Hashable {
    /// The programme's procedure that it goes through.
    public static let procedure = "payout"

    /// Its id, computed from programme and order.
    public let id: UUID
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
    /// Its state, by the names of the procedure `payout`.
    public var state: String
    /// The batch it is in.
    public var batchID: UUID?
    /// Who took which step, by the step's id; the platform is not written down.
    public var takenBy: [String: [String]]
    /// How many attempts were made.
    public var attempt: Int
    /// The bank's reference of the payment.
    public var bankReference: String?
    /// What is to be returned.
    public var owedFen: Fen
    /// What has been returned.
    public var returnedFen: Fen
    /// Why it is held: the bank's answers contradict each other, and nothing more is done before an officer has looked.
    public var alarm: String?
    /// When it last changed.
    public var changedAt: Date
    /// Where it is paid to, as it was when it was batched, or when a changed account was proposed for another attempt: what is approved is paid
    /// to no other. The number is encrypted for this disbursement.
    public var payee: Payee?
    /// Who proposed the changed account that the next attempt is to go to, while a second person has not agreed to it.
    public var payeeProposedBy: String?
    /// The refunds reported and demanded so far, in order; `owedFen` is their sum.
    public var refundsFen: [Fen]

    /// A disbursement as it was kept.
    public init(
        id: UUID, orderID: UUID, programmeID: String, programmeVersion: Int, institutionID: UUID, institutionName: String, amountFen: Fen,
        state: String, batchID: UUID?, takenBy: [String: [String]], attempt: Int, bankReference: String?, owedFen: Fen, returnedFen: Fen,
        alarm: String?, changedAt: Date, payee: Payee? = nil, payeeProposedBy: String? = nil, refundsFen: [Fen] = []
    ) {
        self.id = id
        self.orderID = orderID
        self.programmeID = programmeID
        self.programmeVersion = programmeVersion
        self.institutionID = institutionID
        self.institutionName = institutionName
        self.amountFen = amountFen
        self.state = state
        self.batchID = batchID
        self.takenBy = takenBy
        self.attempt = attempt
        self.bankReference = bankReference
        self.owedFen = owedFen
        self.returnedFen = returnedFen
        self.alarm = alarm
        self.changedAt = changedAt
        self.payee = payee
        self.payeeProposedBy = payeeProposedBy
        self.refundsFen = refundsFen
    }

    init(opening: Opening, facts: Opening.OrderFacts, amountFen: Fen, state: String, at now: Date) {
        self.init(
            id: PayoutID.disbursement(programmeID: facts.programmeID, orderID: opening.orderID), orderID: opening.orderID,
            programmeID: facts.programmeID, programmeVersion: facts.programmeVersion, institutionID: facts.institutionID,
            institutionName: facts.institutionName, amountFen: amountFen, state: state, batchID: nil, takenBy: [:], attempt: 0,
            bankReference: nil, owedFen: .zero, returnedFen: .zero, alarm: nil, changedAt: now)
    }
}
