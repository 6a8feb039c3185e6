import Foundation
import ISO20022
import Kernel

/// What stands in the bank's book: the fold of its journal's lines.
struct BankBook: Sendable {
    /// A line of the journal.
    enum Line: Codable, Sendable {
        /// An instruction was taken.
        case taken(id: UUID, amountFen: Fen, behaviour: Behaviour, at: Date, dueAt: Date?)
        /// It was booked.
        case booked(id: UUID, reference: String, amountFen: Fen, at: Date)
        /// The money of a booking was given back.
        case givenBack(id: UUID, reference: String, amountFen: Fen, at: Date)
        /// It was rejected.
        case rejected(id: UUID, code: String, reason: String, at: Date)
        /// The answer to an instruction was put into the list of answers, as it was then.
        case answered(id: UUID, isBooked: Bool, at: Date)
    }

    /// An instruction that was taken.
    struct Taken: Sendable {
        let amountFen: Fen
        let behaviour: Behaviour
        let at: Date
        let dueAt: Date?
    }

    private(set) var taken: [UUID: Taken] = [:]
    private(set) var bookings: [AccountStatement.Booking] = []
    private(set) var answers: [PaymentStatus] = []
    private var booked: [UUID: AccountStatement.Booking] = [:]
    private var rejected: [UUID: PaymentStatus] = [:]
    /// Taken with a delay, and not yet due.
    private(set) var waiting: Set<UUID> = []

    /// Enters a line.
    mutating func enter(_ line: Line) {
        switch line {
        case .taken(let id, let amount, let behaviour, let at, let dueAt):
            taken[id] = Taken(amountFen: amount, behaviour: behaviour, at: at, dueAt: dueAt)
            if dueAt != nil { waiting.insert(id) }
        case .booked(let id, let reference, let amount, let at):
            let booking = AccountStatement.Booking(reference: reference, endToEndID: id.compact, amountFen: amount, at: at)
            bookings.append(booking)
            booked[id] = booking
            waiting.remove(id)
        case .givenBack(let id, let reference, let amount, let at):
            bookings.append(
                AccountStatement.Booking(
                    reference: reference, endToEndID: id.compact, amountFen: amount, direction: .credit, isReturn: true, at: at))
        case .rejected(let id, let code, let reason, let at):
            rejected[id] = PaymentStatus(id: id, code: .rejected, reasonCode: code, reason: reason, at: at)
        case .answered(let id, let isBooked, let at):
            let status = isBooked ? bookedStatus(id) : rejected[id]
            answers.append(status ?? PaymentStatus(id: id, code: .pending, at: at))
        }
    }

    /// What the bank says of an instruction; nil where it knows of none. A rejection is not taken back, whatever was booked: the contradiction
    /// shows in the list of answers and on the statement.
    func status(_ id: UUID) -> PaymentStatus? {
        guard let taken = taken[id] else { return nil }
        return rejected[id] ?? bookedStatus(id) ?? PaymentStatus(id: id, code: .pending, at: taken.at)
    }

    private func bookedStatus(_ id: UUID) -> PaymentStatus? {
        booked[id].map { PaymentStatus(id: id, code: .settled, reference: $0.reference, amountFen: $0.amountFen, at: $0.at) }
    }
}
