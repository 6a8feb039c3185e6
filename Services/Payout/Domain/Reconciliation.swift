public import Foundation
public import Kernel
public import Messages

/// Our books held against the bank's.
public enum Reconciliation {
    /// An attempt as our books have it.
    public struct Attempt: Sendable, Hashable {
        /// The attempt.
        public let instructionID: UUID
        /// Its disbursement.
        public let disbursementID: UUID
        /// What is paid.
        public let amountFen: Fen
        /// Where it stands.
        public let state: Instruction.State

        /// An attempt.
        public init(instructionID: UUID, disbursementID: UUID, amountFen: Fen, state: Instruction.State) {
            self.instructionID = instructionID
            self.disbursementID = disbursementID
            self.amountFen = amountFen
            self.state = state
        }
    }

    /// The bank's statement and our attempts, as far as they are compared.
    public struct Matter: Sendable {
        /// All attempts, as our books had them when the statement was fetched or later.
        public var attempts: [Attempt] = []
        /// All bookings of the statement.
        public var bookings: [Booking] = []
        /// Attempts whose end was heard of after the statement was fetched: that they are not on it is no finding.
        public var bookedSince: Set<UUID> = []
        /// Bank references of returned funds that people have recorded: such a credit is explained.
        public var recordedReturns: Set<String> = []
        /// How many entries of the statement are not booked yet.
        public var unbookedCount = 0
        /// When the statement was fetched.
        public var statementAt = Date.distantPast

        /// Nothing yet.
        public init() {}
    }

    /// How many findings are told.
    public static let findingsAtMost = 100

    /// Compares.
    public static func compare(_ matter: Matter) -> PayoutsReconciled {
        let ours = Set(matter.attempts.map(\.instructionID))
        let theirs = Dictionary(grouping: matter.bookings, by: { $0.instructionID.flatMap { ours.contains($0) ? $0 : nil } })
        let paid = matter.attempts.filter { $0.state == .booked && !matter.bookedSince.contains($0.instructionID) }
        let foreign = (theirs[nil] ?? []).compactMap { foreignFinding($0) }
        let known = matter.attempts.flatMap { attempt in
            findings(
                attempt, Movements(theirs[attempt.instructionID] ?? [], recorded: matter.recordedReturns),
                isSettledHere: !matter.bookedSince.contains(attempt.instructionID))
        }
        let left = matter.attempts.filter {
            let movements = Movements(theirs[$0.instructionID] ?? [], recorded: [])
            return total(movements.paid) > movements.backFen
        }
        let all = (foreign + known + paidTwice(left)).sorted { order($0) < order($1) }
        let debits = matter.bookings.filter { $0.way == .debit }
        let credits = matter.bookings.filter { $0.way == .credit }
        return PayoutsReconciled(
            statementAt: matter.statementAt, paidCount: paid.count, paidFen: sum(paid.map(\.amountFen)), bookedCount: debits.count,
            bookedFen: total(debits), creditedCount: credits.count, creditedFen: total(credits), unbookedCount: matter.unbookedCount,
            openCount: matter.attempts.count { !$0.state.isFinal && $0.state != .toSend },
            findings: Array(all.prefix(findingsAtMost)))
    }

    /// A debit that names no attempt of ours is money that left and that our books do not have. A credit that names none is one only where the
    /// bank says that it returns something, or it names an instruction: the account is also filled by plain credits.
    private static func foreignFinding(_ booking: Booking) -> PayoutsReconciled.Finding? {
        guard booking.way == .debit || booking.isReturn || booking.instructionID != nil else { return nil }
        return PayoutsReconciled.Finding(
            kind: booking.way == .debit ? .notHere : .creditUnknown, instructionID: booking.instructionID, disbursementID: nil,
            bankReference: booking.reference, oursFen: nil, bankFen: booking.amountFen)
    }

    private static func findings(_ attempt: Attempt, _ movements: Movements, isSettledHere: Bool) -> [PayoutsReconciled.Finding] {
        func finding(_ kind: PayoutsReconciled.Finding.Kind, _ bookings: [Booking], _ bankFen: Fen?) -> PayoutsReconciled.Finding {
            PayoutsReconciled.Finding(
                kind: kind, instructionID: attempt.instructionID, disbursementID: attempt.disbursementID,
                bankReference: bookings.first?.reference, oursFen: attempt.state == .booked ? attempt.amountFen : nil, bankFen: bankFen)
        }
        let paid = total(movements.paid)
        var found: [PayoutsReconciled.Finding] = []
        switch (attempt.state, movements.paid.count) {
        case (.booked, 0) where isSettledHere: found.append(finding(.notAtTheBank, [], nil))
        case (_, 2...): found.append(finding(.twice, movements.paid, paid))
        case (.rejected, 1), (.toSend, 1):
            // What was booked and taken back again agrees with a rejection.
            if paid > movements.backFen { found.append(finding(.notHere, movements.paid, paid)) }
        case (_, 1) where paid != attempt.amountFen: found.append(finding(.amountDiffers, movements.paid, paid))
        // An open attempt that the bank has booked is no fault: its answer is on the way.
        default: break
        }
        let isExplained = (attempt.state == .rejected || attempt.state == .toSend) && movements.unrecordedFen <= paid
        if movements.unrecordedFen > .zero, !isExplained {
            found.append(finding(.returned, movements.unrecorded, movements.unrecordedFen))
        }
        return found
    }

    /// Disbursements that the bank has booked more than one attempt of, and not taken back.
    private static func paidTwice(_ booked: [Attempt]) -> [PayoutsReconciled.Finding] {
        Dictionary(grouping: booked, by: \.disbursementID).values.filter { $0.count > 1 }.flatMap { attempts in
            attempts.sorted { $0.instructionID.uuidString < $1.instructionID.uuidString }.dropFirst().map { attempt in
                PayoutsReconciled.Finding(
                    kind: .twice, instructionID: attempt.instructionID, disbursementID: attempt.disbursementID, bankReference: nil,
                    oursFen: attempt.amountFen, bankFen: sum(attempts.map(\.amountFen)))
            }
        }
    }

    private static func order(_ finding: PayoutsReconciled.Finding) -> String {
        "\(finding.kind.rawValue)/\(finding.instructionID?.uuidString ?? "")/\(finding.bankReference ?? "")"
    }

    static func total(_ bookings: [Booking]) -> Fen { sum(bookings.map(\.amountFen)) }

    private static func sum(_ amounts: [Fen]) -> Fen { (try? Fen.sum(amounts)) ?? .max }
}
