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
        }

        /// What does not agree.
        public let kind: Kind
        /// The attempt.
        public let instructionID: UUID
        /// Its disbursement; nil where we know no such attempt.
        public let disbursementID: UUID?
        /// What we paid.
        public let oursFen: Fen?
        /// What the bank booked, over all its bookings of the attempt.
        public let bankFen: Fen?

        /// A finding.
        public init(kind: Kind, instructionID: UUID, disbursementID: UUID?, oursFen: Fen?, bankFen: Fen?) {
            self.kind = kind
            self.instructionID = instructionID
            self.disbursementID = disbursementID
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
    /// How many bookings the statement has.
    public let bookedCount: Int
    /// What they come to.
    public let bookedFen: Fen
    /// Attempts whose outcome is not known here yet.
    public let openCount: Int
    /// What does not agree, the first hundred; nothing where all does.
    public let findings: [Finding]

    /// The result of a comparison.
    public init(
        statementAt: Date, paidCount: Int, paidFen: Fen, bookedCount: Int, bookedFen: Fen, openCount: Int, findings: [Finding]
    ) {
        self.statementAt = statementAt
        self.paidCount = paidCount
        self.paidFen = paidFen
        self.bookedCount = bookedCount
        self.bookedFen = bookedFen
        self.openCount = openCount
        self.findings = findings
    }
}
