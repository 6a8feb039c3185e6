public import Foundation
public import Kernel

/// The result of reconciling the disbursements with the bank's statement. Keyed `reconciliation`; published when the findings change and on
/// request.
public struct PayoutsReconciled: Event, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("payout", "payouts-reconciled")

    /// A difference between the books and the statement.
    public struct Finding: Codable, Sendable, Hashable {
        /// The kind of difference.
        public enum Kind: String, Codable, Sendable, Hashable, CaseIterable {
            /// Paid according to our books, but not on the statement.
            case notAtTheBank = "not-at-the-bank"
            /// On the statement, but not paid according to our books.
            case notHere = "not-here"
            /// On both, with different amounts.
            case amountDiffers = "amount-differs"
            /// On the statement more than once, or paid by two attempts.
            case twice = "twice"
            /// The bank returned `bankFen` of the payment, and no receipt of it is recorded.
            case returned = "returned"
            /// The bank credited a return, or a credit that names an instruction, and it belongs to none of our payments.
            case creditUnknown = "credit-unknown"
        }

        /// The kind of difference.
        public let kind: Kind
        /// The instruction of the attempt; nil for a booking that names none of ours.
        public let instructionID: UUID?
        /// The attempt's disbursement; nil if the attempt is unknown.
        public let disbursementID: UUID?
        /// The bank's reference of the booking, the first of several; nil if there is none.
        public let bankReference: String?
        /// The amount in our books.
        public let oursFen: Fen?
        /// The total of the bank's bookings for the attempt.
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

    /// When the statement was fetched; later changes are not compared.
    public let statementAt: Date
    /// The number of payments in our books.
    public let paidCount: Int
    /// The total of these payments.
    public let paidFen: Fen
    /// The number of debits on the statement.
    public let bookedCount: Int
    /// The total of these debits.
    public let bookedFen: Fen
    /// The number of credits on the statement, deposits included.
    public let creditedCount: Int
    /// The total of these credits.
    public let creditedFen: Fen
    /// The number of entries on the statement that are not booked yet; they are not compared.
    public let unbookedCount: Int
    /// The number of attempts whose outcome is not known yet.
    public let openCount: Int
    /// The first hundred findings; empty if everything agrees.
    public let findings: [Finding]

    /// The result of a reconciliation.
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
