import Foundation
import ISO20022
import Kernel
import PayoutDomain

/// A connection to a bank. A failed exchange about an instruction is reported as `silence`; only reading a list or a statement throws.
protocol BankChannel: Sendable {
    /// Sends an instruction to the bank.
    func post(_ transfer: CreditTransfer) async -> BankAnswer
    /// Queries the bank for the status of an instruction.
    func queryStatus(of instruction: UUID) async -> BankAnswer
    /// A page of the bank's list of answers after a position, and the position after the page.
    func answers(after position: Int64) async throws -> (answers: [(instruction: UUID, answer: BankAnswer)], next: Int64)
    /// The bytes of the bank's statement, unparsed.
    func statement() async throws -> [UInt8]
}

/// The bank cannot be reached, or its response cannot be read.
struct BankUnreachable: Error, CustomStringConvertible {
    /// What happened. It contains nothing of the bank's documents.
    let description: String
}

extension BankAnswer {
    /// Converts a status report. A booking without reference or amount is unusable and counts as silence. The bank's reason is cut to the
    /// permitted length.
    init(_ status: PaymentStatus) {
        switch status.code {
        case .pending: self = .pending
        case .notUnderstood: self = .silence
        case .rejected:
            let reason = [status.reasonCode, status.reason].compactMap { $0 }.joined(separator: " ")
            self = .rejected(reason: reason.isEmpty ? "RJCT" : ReasonText.clipped(reason))
        case .settled:
            guard let reference = status.reference, let amount = status.amountFen else {
                self = .silence
                return
            }
            self = .booked(reference: reference, amountFen: amount)
        }
    }
}
