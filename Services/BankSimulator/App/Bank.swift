import Foundation
import ISO20022
import Kernel

/// A simulated bank with configurable shares of faulty behaviour. It never books an instruction twice.
///
/// Everything it answers is first written to the journal, so that it answers the same after a crash.
actor Bank {
    /// The response to an instruction.
    struct Reaction: Sendable {
        /// The status to answer; nil for no answer.
        let status: PaymentStatus?
        /// Whether the answer is delayed beyond the caller's timeout.
        let isHeld: Bool
    }

    /// Changes of the behaviour at run time.
    struct Control: Codable, Sendable {
        /// New shares of the behaviours.
        var shares: [String: Int]?
        /// How many seconds it does not answer.
        var awaySeconds: Double?
        /// How many seconds a delayed instruction takes.
        var delaySeconds: Double?
        /// A text to send as the statement; empty for the real statement.
        var statement: String?
    }

    private let journal: Journal
    private let seed: UInt64
    private let clock: any InstantSource
    private var state = BankState()
    private var shares: Shares
    private var delay: TimeInterval
    private var unavailableUntil = Date.distantPast
    private var lostOnce: Set<UUID> = []
    private var replacementStatement = ""

    init(journal path: String, seed: UInt64, shares: Shares, delay: TimeInterval = 2, clock: any InstantSource = WallClock()) throws {
        let (journal, lines) = try Journal.open(path)
        self.journal = journal
        self.seed = seed
        self.shares = shares
        self.delay = delay
        self.clock = clock
        let decoder = JSONDecoder()
        for line in lines { state.apply(try decoder.decode(BankState.Entry.self, from: Data(line.utf8))) }
    }

    /// Whether it answers no requests at present.
    var isUnavailable: Bool { clock.now() < unavailableUntil }

    /// Changes the behaviour.
    func control(_ control: Control) {
        if let shares = control.shares {
            self.shares = Shares(
                Dictionary(
                    shares.compactMap { name, share in Behaviour(rawValue: name).map { ($0, share) } },
                    uniquingKeysWith: { first, _ in first }))
        }
        if let delaySeconds = control.delaySeconds { delay = delaySeconds }
        if let statement = control.statement { replacementStatement = statement }
        if let awaySeconds = control.awaySeconds { unavailableUntil = clock.now().addingTimeInterval(awaySeconds) }
    }

    /// Accepts an instruction. A known id is answered with its current status.
    func accept(_ transfer: CreditTransfer) throws -> Reaction {
        try bookDue()
        if let status = state.status(transfer.id) { return Reaction(status: status, isHeld: false) }
        let behaviour = shares.behaviour(seed: seed, id: transfer.id)
        if behaviour == .lose, lostOnce.insert(transfer.id).inserted { return Reaction(status: nil, isHeld: true) }
        try write(entries(for: transfer, behaviour))
        return Reaction(status: state.status(transfer.id), isHeld: behaviour == .late)
    }

    /// The status of an instruction; nil if the id is unknown.
    func status(of id: UUID) throws -> PaymentStatus? {
        try bookDue()
        return state.status(id)
    }

    /// A page of the list of answers after a position, and the position after the page.
    func answers(after position: Int) throws -> (statuses: [PaymentStatus], next: Int) {
        try bookDue()
        let all = state.answers
        let start = min(max(position, 0), all.count)
        let page = all[start...].prefix(500)
        return (Array(page), start + page.count)
    }

    /// The statement with all bookings.
    func statement(account: String) throws -> AccountStatement {
        try bookDue()
        return AccountStatement(id: "STMT-\(state.bookings.count)", account: account, createdAt: clock.now(), bookings: state.bookings)
    }

    /// The document that it sends as its statement.
    func statementDocument(account: String) throws -> String {
        replacementStatement.isEmpty ? try statement(account: account).document : replacementStatement
    }

    /// Closes the journal.
    func close() { journal.close() }

    private func entries(for transfer: CreditTransfer, _ behaviour: Behaviour) -> [BankState.Entry] {
        let (id, now) = (transfer.id, clock.now())
        let taken = BankState.Entry.taken(
            id: id, amountFen: transfer.amountFen, behaviour: behaviour, at: now,
            dueAt: behaviour == .delay ? now.addingTimeInterval(delay) : nil)
        let booked = booking(id, transfer.amountFen, now)
        let listed = BankState.Entry.answered(id: id, isBooked: true, at: now)
        switch behaviour {
        case .accept, .late, .lose: return [taken, booked]
        case .delay: return [taken]
        case .twice: return [taken, booked, listed, listed]
        case .reject: return [taken, rejection(id, now)]
        case .giveBack:
            return [taken, booked, .givenBack(id: id, reference: "RT\(id.compact)", amountFen: transfer.amountFen, at: now)]
        case .contradict: return [taken, rejection(id, now), booked, listed]
        case .misbook:
            let more = (try? transfer.amountFen.adding(Fen(1))) ?? transfer.amountFen
            return [taken, booking(id, more, now)]
        }
    }

    private func booking(_ id: UUID, _ amountFen: Fen, _ now: Date) -> BankState.Entry {
        .booked(id: id, reference: "BK\(id.compact)", amountFen: amountFen, at: now)
    }

    private func rejection(_ id: UUID, _ now: Date) -> BankState.Entry {
        let reasons = [("AC01", "账号户名不符"), ("AC04", "账户已销户"), ("RC01", "行号有误")]
        let reason = reasons[Int(Shares.hash(seed, id) >> 7) % reasons.count]
        return .rejected(id: id, code: reason.0, reason: reason.1, at: now)
    }

    /// Books delayed instructions that are due.
    private func bookDue() throws {
        let now = clock.now()
        let due = state.delayed.filter { (state.taken[$0]?.dueAt ?? now) <= now }.sorted { $0.uuidString < $1.uuidString }
        try write(
            due.flatMap { id in [booking(id, state.taken[id]?.amountFen ?? .zero, now), .answered(id: id, isBooked: true, at: now)] })
    }

    /// Writes entries to the journal, and only then applies them.
    private func write(_ entries: [BankState.Entry]) throws {
        guard !entries.isEmpty else { return }
        let encoder = JSONEncoder()
        try journal.append(try entries.map { String(decoding: try encoder.encode($0), as: UTF8.self) })
        for entry in entries { state.apply(entry) }
    }
}
