public import Foundation
public import Kernel

extension Reconciliation {
    /// A booking as the bank's statement has it.
    public struct Booking: Sendable, Hashable {
        /// Which way the money went.
        public enum Way: String, Sendable, Hashable {
            /// It left the account.
            case debit
            /// It came in.
            case credit
        }

        /// The bank's reference.
        public let reference: String
        /// The attempt it names; nil where it names none of the form of ours.
        public let instructionID: UUID?
        /// How much.
        public let amountFen: Fen
        /// Which way.
        public let way: Way
        /// Whether the bank says that it takes back an earlier booking.
        public let isReturn: Bool

        /// A booking.
        public init(reference: String, instructionID: UUID?, amountFen: Fen, way: Way = .debit, isReturn: Bool = false) {
            self.reference = reference
            self.instructionID = instructionID
            self.amountFen = amountFen
            self.way = way
            self.isReturn = isReturn
        }
    }

    /// The bookings of one attempt, by what they mean for it.
    struct Movements {
        /// Money that left: debits that take nothing back.
        let paid: [Booking]
        /// Credits that nobody has recorded as returned funds.
        let unrecorded: [Booking]
        /// What came back in all, less what the bank took again.
        let backFen: Fen
        /// What came back and nobody has recorded, less what the bank took again.
        let unrecordedFen: Fen

        init(_ bookings: [Booking], recorded: Set<String>) {
            paid = bookings.filter { $0.way == .debit && !$0.isReturn }
            let credits = bookings.filter { $0.way == .credit }
            unrecorded = credits.filter { !recorded.contains($0.reference) }
            let again = Reconciliation.total(bookings.filter { $0.way == .debit && $0.isReturn })
            backFen = Self.less(Reconciliation.total(credits), again)
            unrecordedFen = Self.less(Reconciliation.total(unrecorded), again)
        }

        private static func less(_ amount: Fen, _ other: Fen) -> Fen { max(.zero, (try? amount.subtracting(other)) ?? .zero) }
    }
}
