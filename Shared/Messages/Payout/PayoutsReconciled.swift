public import Foundation
public import Kernel

/// What our disbursements and the bank's statement say of each other. Keyed `reconciliation`; told when the findings change, and when it is asked for.
public struct PayoutsReconciled: Event, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("payout", "payouts-reconciled")

    /// One thing that does not agree.
    public struct Finding: Codable, Sendable, Hashable {
        /// What does not agree.
        public enum Kind: String, Codable, Sendable, Hashable, CaseIterable {
            /// Paid by our books, not on the statement.
            case notAtTheBank = "not-at-the-bank"
            /// On the statement, not paid by our books.
            case notHere = "not-here"
            /// On both, with different amounts.
            case amountDiffers = "amount-differs"
            /// On the statement more than once, or paid by two attempts.
            case twice = "twice"
            /// The bank gave money of the payment back: `bankFen` of it, and nobody has recorded that it came in.
            case returned = "returned"
            /// The bank gave money back, or names an instruction with it, and it is of none of our payments.
            case creditUnknown = "credit-unknown"
        }

        /// What does not agree.
        public let kind: Kind
        /// The attempt; nil for a booking that names none of ours.
        public let instructionID: UUID?
        /// Its disbursement; nil where we know no such attempt.
        public let disbursementID: UUID?
        /// The bank's reference of the booking, the first of several; nil where there is none.
        public let bankReference: String?
        /// What we paid.
        public let oursFen: Fen?
        /// What the bank booked, over all its bookings of the attempt.
        public let bankFen: Fen?

        /// A finding.
        public init(kind: Kind, instructionID: UUID?, disbursementID: UUID?, bankReference: String?, oursFen: Fen?, bankFen: Fen?) {
            self.kind = kind
            self.instructionID = instructionID
            self.disbursementID = disbursementID
            self.bankReference = bankReference
            self.oursFen = oursFen
            self.bankFen = bankFen
        }
    }

    /// When the statement was fetched; what happened since is not looked at.
    public let statementAt: Date
    /// How many payments our books have.
    public let paidCount: Int
    /// What they come to.
    public let paidFen: Fen
    /// How many debits the statement has.
    public let bookedCount: Int
    /// What they come to.
    public let bookedFen: Fen
    /// How many credits the statement has; those that are no finding fill the account.
    public let creditedCount: Int
    /// What they come to.
    public let creditedFen: Fen
    /// How many entries of the statement are not booked yet; they count nowhere.
    public let unbookedCount: Int
    /// Attempts whose outcome is not known here yet.
    public let openCount: Int
    /// What does not agree, the first hundred; nothing where all does.
    public let findings: [Finding]

    /// The result of a comparison.
    public init(
        statementAt: Date, paidCount: Int, paidFen: Fen, bookedCount: Int, bookedFen: Fen, creditedCount: Int, creditedFen: Fen,
        unbookedCount: Int, openCount: Int, findings: [Finding]
    ) {
        self.statementAt = statementAt
        self.paidCount = paidCount
        self.paidFen = paidFen
        self.bookedCount = bookedCount
        self.bookedFen = bookedFen
        self.creditedCount = creditedCount
        self.creditedFen = creditedFen
        self.unbookedCount = unbookedCount
        self.openCount = openCount
        self.findings = findings
    }
}
