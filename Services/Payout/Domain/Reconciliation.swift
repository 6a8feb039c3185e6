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

    /// A booking as the bank's statement has it.
    public struct Booking: Sendable, Hashable {
        /// The bank's reference.
        public let reference: String
        /// The attempt it names; nil where it names none of the form of ours.
        public let instructionID: UUID?
        /// What was paid.
        public let amountFen: Fen

        /// A booking.
        public init(reference: String, instructionID: UUID?, amountFen: Fen) {
            self.reference = reference
            self.instructionID = instructionID
            self.amountFen = amountFen
        }
    }

    /// How many findings are told.
    public static let findingsAtMost = 100

    /// Compares.
    ///
    /// - Parameters:
    ///   - attempts: all attempts as our books had them when the statement was fetched or later: what was booked here since then and is not on
    ///     the statement would be a false finding, so `bookedSince` names those.
    ///   - bookings: all of the statement.
    ///   - bookedSince: attempts whose booking was heard of after the statement was fetched.
    ///   - statementAt: when it was fetched.
    public static func compare(
        attempts: [Attempt], bookings: [Booking], bookedSince: Set<UUID> = [], statementAt: Date
    ) -> PayoutsReconciled {
        let ours = Dictionary(attempts.map { ($0.instructionID, $0) }, uniquingKeysWith: { first, _ in first })
        let paid = attempts.filter { $0.state == .booked && !bookedSince.contains($0.instructionID) }
        let theirs = Dictionary(grouping: bookings, by: { $0.instructionID.flatMap { ours[$0]?.instructionID } })
        let foreign = (theirs[nil] ?? []).map { foreignFinding($0) }
        let known = attempts.compactMap {
            finding($0, theirs[$0.instructionID] ?? [], isSettledHere: !bookedSince.contains($0.instructionID))
        }
        let doubles = paidTwice(attempts.filter { theirs[$0.instructionID] != nil })
        let findings = (foreign + known + doubles).sorted { order($0) < order($1) }
        return PayoutsReconciled(
            statementAt: statementAt, paidCount: paid.count, paidFen: total(paid.map(\.amountFen)), bookedCount: bookings.count,
            bookedFen: total(bookings.map(\.amountFen)), openCount: attempts.count { !$0.state.isFinal && $0.state != .toSend },
            findings: Array(findings.prefix(findingsAtMost)))
    }

    private static func foreignFinding(_ booking: Booking) -> PayoutsReconciled.Finding {
        PayoutsReconciled.Finding(
            kind: .notHere, instructionID: booking.instructionID, disbursementID: nil, bankReference: booking.reference, oursFen: nil,
            bankFen: booking.amountFen)
    }

    private static func finding(_ attempt: Attempt, _ bookings: [Booking], isSettledHere: Bool) -> PayoutsReconciled.Finding? {
        let booked = total(bookings.map(\.amountFen))
        let kind: PayoutsReconciled.Finding.Kind
        switch (attempt.state, bookings.count) {
        case (.booked, 0) where isSettledHere: kind = .notAtTheBank
        case (_, 2...): kind = .twice
        case (.rejected, 1), (.toSend, 1): kind = .notHere
        case (_, 1) where booked != attempt.amountFen: kind = .amountDiffers
        // An open attempt that the bank has booked is no fault: its answer is on the way.
        default: return nil
        }
        return PayoutsReconciled.Finding(
            kind: kind, instructionID: attempt.instructionID, disbursementID: attempt.disbursementID,
            bankReference: bookings.first?.reference, oursFen: attempt.state == .booked ? attempt.amountFen : nil,
            bankFen: bookings.isEmpty ? nil : booked)
    }

    /// Disbursements that the bank has booked more than one attempt of.
    private static func paidTwice(_ booked: [Attempt]) -> [PayoutsReconciled.Finding] {
        Dictionary(grouping: booked, by: \.disbursementID).values.filter { $0.count > 1 }.flatMap { attempts in
            attempts.sorted { $0.instructionID.uuidString < $1.instructionID.uuidString }.dropFirst().map { attempt in
                PayoutsReconciled.Finding(
                    kind: .twice, instructionID: attempt.instructionID, disbursementID: attempt.disbursementID, bankReference: nil,
                    oursFen: attempt.amountFen, bankFen: total(attempts.map(\.amountFen)))
            }
        }
    }

    private static func order(_ finding: PayoutsReconciled.Finding) -> String {
        "\(finding.kind.rawValue)/\(finding.instructionID?.uuidString ?? "")/\(finding.bankReference ?? "")"
    }

    private static func total(_ amounts: [Fen]) -> Fen { (try? Fen.sum(amounts)) ?? .max }
}
