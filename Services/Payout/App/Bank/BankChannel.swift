import Foundation
import ISO20022
import Kernel
import PayoutDomain

/// A way to a bank. Nothing here throws but what keeps a whole list from being read: what goes wrong with an instruction is `silence`.
protocol BankChannel: Sendable {
    /// Gives the bank an instruction.
    func post(_ transfer: CreditTransfer) async -> BankAnswer
    /// Asks the bank about an instruction.
    func ask(_ instruction: UUID) async -> BankAnswer
    /// The bank's list of answers behind a place, and the place behind them.
    func answers(after place: Int64) async throws -> (answers: [(instruction: UUID, answer: BankAnswer)], next: Int64)
    /// The bank's statement, as it came.
    func statement() async throws -> [UInt8]
}

/// The bank cannot be reached, or says what cannot be read.
struct BankUnreachable: Error, CustomStringConvertible {
    /// What happened; nothing of a document stands in it.
    let description: String
}

extension BankAnswer {
    /// What a status report says. A booking without a reference or an amount says nothing that could be relied on. The bank's words are cut to
    /// what a reason may be.
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
