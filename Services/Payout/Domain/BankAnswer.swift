public import Kernel

/// What comes back from the bank about one instruction.
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

/// What an answer means for the disbursement.
public enum Hearing: Sendable, Hashable {
    /// Nothing new: said before, or late.
    case nothing
    /// The attempt stands elsewhere.
    case attempt
    /// The disbursement is paid.
    case confirm
    /// The attempt is finally rejected.
    case reject
    /// The answer contradicts what the bank said before: hold, and tell people.
    case alarm(String)
}
