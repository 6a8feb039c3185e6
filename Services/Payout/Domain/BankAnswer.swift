public import Kernel

/// The bank's answer about one instruction.
public enum BankAnswer: Sendable, Hashable {
    /// Booked, finally, under the bank's reference.
    case booked(reference: String, amountFen: Fen)
    /// Rejected, finally.
    case rejected(reason: String)
    /// Taken, and not decided.
    case pending
    /// The bank has no such instruction.
    case notKnown
    /// No answer: a time-out, a broken connection, or one that cannot be read.
    case silence
}

/// The effect of an answer on the disbursement.
public enum BankStatusUpdate: Sendable, Hashable {
    /// No effect: repeated or late.
    case nothing
    /// The state of the attempt has changed.
    case attempt
    /// The disbursement is paid.
    case confirm
    /// The attempt is finally rejected.
    case reject
    /// The answer contradicts an earlier one: an alarm holds the disbursement until people have resolved it.
    case alarm(String)
}
