import Foundation
import ISO20022
import Kernel

/// A bank that behaves well or badly, by shares, and never books one instruction twice.
///
/// What it says it has first written down; killed at any instant it says the same when it is back.
actor Bank {
    /// What an instruction is answered with.
    struct Reaction: Sendable {
        /// What is said; nil for nothing.
        let status: PaymentStatus?
        /// Whether the answer is held back until the caller has given up.
        let isHeld: Bool
    }

    /// What can be changed while it runs.
    struct Control: Codable, Sendable {
        /// How often it does what from now on.
        var shares: [String: Int]?
        /// It answers nothing for so many seconds.
        var awaySeconds: Double?
        /// How long a delayed instruction takes.
        var delaySeconds: Double?
        /// It sends this as its statement from now on; its own again where it is empty.
        var statement: String?
    }

    private let journal: Journal
    private let seed: UInt64
    private let clock: any InstantSource
    private var book = BankBook()
    private var shares: Shares
    private var delay: TimeInterval
    private var awayUntil = Date.distantPast
    private var lost: Set<UUID> = []
    private var otherStatement = ""

    init(journal path: String, seed: UInt64, shares: Shares, delay: TimeInterval = 2, clock: any InstantSource = WallClock()) throws {
        let (journal, lines) = try Journal.open(path)
        self.journal = journal
        self.seed = seed
        self.shares = shares
        self.delay = delay
        self.clock = clock
        let decoder = JSONDecoder()
        for line in lines { book.enter(try decoder.decode(BankBook.Line.self, from: Data(line.utf8))) }
    }

    /// Whether it is away: it answers nobody.
    var isAway: Bool { clock.now() < awayUntil }

    /// Changes how it behaves.
    func control(_ control: Control) {
        if let shares = control.shares {
            self.shares = Shares(
                Dictionary(
                    shares.compactMap { name, share in Behaviour(rawValue: name).map { ($0, share) } },
                    uniquingKeysWith: { first, _ in first }))
        }
        if let delaySeconds = control.delaySeconds { delay = delaySeconds }
        if let statement = control.statement { otherStatement = statement }
        if let awaySeconds = control.awaySeconds { awayUntil = clock.now().addingTimeInterval(awaySeconds) }
    }

    /// Takes an instruction. One that it has already is answered with what became of it.
    func take(_ transfer: CreditTransfer) throws -> Reaction {
        try settleDue()
        if let status = book.status(transfer.id) { return Reaction(status: status, isHeld: false) }
        let behaviour = shares.behaviour(seed: seed, id: transfer.id)
        if behaviour == .lose, lost.insert(transfer.id).inserted { return Reaction(status: nil, isHeld: true) }
        try write(lines(for: transfer, behaviour))
        return Reaction(status: book.status(transfer.id), isHeld: behaviour == .late)
    }

    /// What became of an instruction; nil where it has none of that id.
    func status(of id: UUID) throws -> PaymentStatus? {
        try settleDue()
        return book.status(id)
    }

    /// The list of answers behind a place, and the place behind them.
    func answers(after place: Int) throws -> (statuses: [PaymentStatus], next: Int) {
        try settleDue()
        let all = book.answers
        let start = min(max(place, 0), all.count)
        let page = all[start...].prefix(500)
        return (Array(page), start + page.count)
    }

    /// All that was booked.
    func statement(account: String) throws -> AccountStatement {
        try settleDue()
        return AccountStatement(id: "STMT-\(book.bookings.count)", account: account, createdAt: clock.now(), bookings: book.bookings)
    }

    /// What it sends as its statement.
    func statementDocument(account: String) throws -> String {
        otherStatement.isEmpty ? try statement(account: account).document : otherStatement
    }

    /// Lets its journal go.
    func close() { journal.close() }

    private func lines(for transfer: CreditTransfer, _ behaviour: Behaviour) -> [BankBook.Line] {
        let (id, now) = (transfer.id, clock.now())
        let taken = BankBook.Line.taken(
            id: id, amountFen: transfer.amountFen, behaviour: behaviour, at: now,
            dueAt: behaviour == .delay ? now.addingTimeInterval(delay) : nil)
        let booked = booking(id, transfer.amountFen, now)
        let said = BankBook.Line.answered(id: id, isBooked: true, at: now)
        switch behaviour {
        case .accept, .late, .lose: return [taken, booked]
        case .delay: return [taken]
        case .twice: return [taken, booked, said, said]
        case .reject: return [taken, rejection(id, now)]
        case .giveBack:
            return [taken, booked, .givenBack(id: id, reference: "RT\(id.compact)", amountFen: transfer.amountFen, at: now)]
        case .contradict: return [taken, rejection(id, now), booked, said]
        case .misbook:
            let more = (try? transfer.amountFen.adding(Fen(1))) ?? transfer.amountFen
            return [taken, booking(id, more, now)]
        }
    }

    private func booking(_ id: UUID, _ amountFen: Fen, _ now: Date) -> BankBook.Line {
        .booked(id: id, reference: "BK\(id.compact)", amountFen: amountFen, at: now)
    }

    private func rejection(_ id: UUID, _ now: Date) -> BankBook.Line {
        let reasons = [("AC01", "账号户名不符"), ("AC04", "账户已销户"), ("RC01", "行号有误")]
        let reason = reasons[Int(Shares.hash(seed, id) >> 7) % reasons.count]
        return .rejected(id: id, code: reason.0, reason: reason.1, at: now)
    }

    /// Books what was delayed and has come due.
    private func settleDue() throws {
        let now = clock.now()
        let due = book.waiting.filter { (book.taken[$0]?.dueAt ?? now) <= now }.sorted { $0.uuidString < $1.uuidString }
        try write(due.flatMap { id in [booking(id, book.taken[id]?.amountFen ?? .zero, now), .answered(id: id, isBooked: true, at: now)] })
    }

    /// Writes lines to the disk, and only then enters them in the book.
    private func write(_ lines: [BankBook.Line]) throws {
        guard !lines.isEmpty else { return }
        let encoder = JSONEncoder()
        try journal.add(try lines.map { String(decoding: try encoder.encode($0), as: UTF8.self) })
        for line in lines { book.enter(line) }
    }
}
