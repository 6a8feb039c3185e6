public import Foundation
import Kernel

extension Instruction {
    /// What is to be done at the bank next.
    public enum Act: Sendable, Hashable {
        /// Give it the instruction.
        case post
        /// Ask about it.
        case ask
    }

    /// Claims the instruction for its next act, which is committed before the bank is spoken to; nil where the bank has said its last word.
    ///
    /// It is given to the bank the first time; and again, under the same id, only after the bank itself has said that it knows of none.
    public mutating func claim(at now: Date) -> Act? {
        switch state {
        case .booked, .rejected: return nil
        case .sending, .unknown, .pending:
            guard isUnheardOf, state != .pending else { return .ask }
        case .toSend: break
        }
        state = .sending
        sentAt = now
        isUnheardOf = false
        return .post
    }

    /// Applies an answer. It may be repeated, late, or contradict an earlier one; a final answer is never revoked.
    ///
    /// `patience`, in seconds: "not known" counts only if the bank says it at least this long after sending, because an earlier request may
    /// still be on its way.
    public mutating func apply(_ answer: BankAnswer, patience: TimeInterval, at now: Date) -> BankStatusUpdate {
        switch (state, answer) {
        case (.toSend, .booked): return .alarm("booked-before-sent")
        case (.toSend, _): return .nothing
        case (.booked, .booked(let reference, _)): return reference == bankReference ? .nothing : .alarm("booked-twice")
        case (.booked, .rejected): return .alarm("rejected-after-booked")
        case (.rejected, .booked): return .alarm("booked-after-rejected")
        case (.booked, _), (.rejected, _): return .nothing
        case (_, .booked(let reference, let booked)): return book(reference, booked)
        case (_, .rejected(let why)): return reject(why)
        case (.pending, .pending), (.pending, .silence), (.unknown, .silence): return .nothing
        case (_, .pending): return move(to: .pending)
        case (.pending, .notKnown): return .alarm("forgotten-by-the-bank")
        case (_, .notKnown): return unheardOf(patience, now)
        case (.sending, .silence): return move(to: .unknown)
        }
    }

    private mutating func book(_ reference: String, _ booked: Fen) -> BankStatusUpdate {
        guard booked == amountFen else { return .alarm("amount-differs") }
        state = .booked
        bankReference = reference
        return .confirm
    }

    private mutating func reject(_ why: String) -> BankStatusUpdate {
        state = .rejected
        reason = why
        return .reject
    }

    private mutating func unheardOf(_ patience: TimeInterval, _ now: Date) -> BankStatusUpdate {
        if let sentAt, now.timeIntervalSince(sentAt) >= patience { isUnheardOf = true }
        return move(to: .unknown)
    }

    private mutating func move(to next: State) -> BankStatusUpdate {
        guard state != next else { return .nothing }
        state = next
        return .attempt
    }
}
