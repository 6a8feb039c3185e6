public import Foundation
public import Kernel

/// One attempt to pay a disbursement: what the bank is told, under an id that it books once.
public struct Instruction: Sendable, Hashable {
    /// Where an attempt stands.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// Approved, and not given to the bank.
        case toSend = "to-send"
        /// The intent to give it to the bank is committed; it may or may not have arrived.
        case sending
        /// The bank did not answer. The only thing allowed is to ask it about this very instruction.
        case unknown
        /// The bank has it and has not decided.
        case pending
        /// Paid, finally.
        case booked
        /// Rejected, finally.
        case rejected

        /// Whether the bank has spoken its last word.
        public var isFinal: Bool { self == .booked || self == .rejected }
    }

    /// Its id, computed from disbursement and attempt; the end-to-end id at the bank.
    public let id: UUID
    /// The disbursement.
    public let disbursementID: UUID
    /// The how-manieth attempt, from 1.
    public let attempt: Int
    /// What is paid.
    public let amountFen: Fen
    /// Where to, as it was when the attempt was approved.
    public let payee: Payee
    /// Where it stands.
    public var state: State
    /// The bank's reference of the booking.
    public var bankReference: String?
    /// Why the bank rejected it.
    public var reason: String?
    /// When it was last given to the bank; nil before.
    public var sentAt: Date?
    /// Whether the bank, asked long enough after it was sent, said that it has no such instruction.
    public var isUnheardOf: Bool

    /// An attempt that is to be sent, or as it was kept.
    public init(
        id: UUID, disbursementID: UUID, attempt: Int, amountFen: Fen, payee: Payee, state: State = .toSend, bankReference: String? = nil,
        reason: String? = nil, sentAt: Date? = nil, isUnheardOf: Bool = false
    ) {
        self.id = id
        self.disbursementID = disbursementID
        self.attempt = attempt
        self.amountFen = amountFen
        self.payee = payee
        self.state = state
        self.bankReference = bankReference
        self.reason = reason
        self.sentAt = sentAt
        self.isUnheardOf = isUnheardOf
    }
}
