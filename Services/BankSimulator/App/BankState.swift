import Foundation
import ISO20022
import Kernel

/// The bank's state, rebuilt from the entries of its journal.
struct BankState: Sendable {
    /// An entry of the journal.
    enum Entry: Codable, Sendable {
        /// An instruction was accepted.
        case taken(id: UUID, amountFen: Fen, behaviour: Behaviour, at: Date, dueAt: Date?)
        /// It was booked.
        case booked(id: UUID, reference: String, amountFen: Fen, at: Date)
        /// The money of a booking was returned.
        case givenBack(id: UUID, reference: String, amountFen: Fen, at: Date)
        /// It was rejected.
        case rejected(id: UUID, code: String, reason: String, at: Date)
        /// The current answer to an instruction was added to the list of answers.
        case answered(id: UUID, isBooked: Bool, at: Date)
    }

    /// An accepted instruction.
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
    /// Delayed instructions that are not booked yet.
    private(set) var delayed: Set<UUID> = []

    /// Applies an entry.
    mutating func apply(_ entry: Entry) {
        switch entry {
        case .taken(let id, let amount, let behaviour, let at, let dueAt):
            taken[id] = Taken(amountFen: amount, behaviour: behaviour, at: at, dueAt: dueAt)
            if dueAt != nil { delayed.insert(id) }
        case .booked(let id, let reference, let amount, let at):
            let booking = AccountStatement.Booking(reference: reference, endToEndID: id.compact, amountFen: amount, at: at)
            bookings.append(booking)
            booked[id] = booking
            delayed.remove(id)
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

    /// The status of an instruction; nil if it is unknown. A rejection is not revoked even if the instruction was booked: the contradiction
    /// appears in the list of answers and on the statement.
    func status(_ id: UUID) -> PaymentStatus? {
        guard let taken = taken[id] else { return nil }
        return rejected[id] ?? bookedStatus(id) ?? PaymentStatus(id: id, code: .pending, at: taken.at)
    }

    private func bookedStatus(_ id: UUID) -> PaymentStatus? {
        booked[id].map { PaymentStatus(id: id, code: .settled, reference: $0.reference, amountFen: $0.amountFen, at: $0.at) }
    }
}
