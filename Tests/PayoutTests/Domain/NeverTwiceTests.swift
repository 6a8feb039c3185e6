import Foundation
import Kernel
import PayoutDomain
import Programme
import Testing

@Suite("Nothing is paid twice, nothing is lost")
struct NeverTwiceTests {
    @Test("whatever the bank and the network do and whenever the process dies, a disbursement is paid once, or rejected and not paid")
    func random() throws {
        for seed in UInt64(1)...400 {
            var world = try World(seed: seed)
            let violation = try world.play()
            #expect(violation == nil, "seed \(seed): \(violation ?? "")")
        }
    }

    @Test("the same play finds a sender that begins a new attempt when the bank is silent")
    func careless() throws {
        let violations = try (UInt64(1)...400).compactMap { seed -> String? in
            var world = try World(seed: seed)
            world.isCareless = true
            return try world.play()
        }
        #expect(!violations.isEmpty)
    }
}

/// One disbursement, a bank with its own book, and a network that loses, delays and repeats.
private struct World {
    private enum Fate { case booked, rejected, pending }

    private let programme: Programme
    private var random: Seeded
    private var now = City.now
    private var disbursement: Disbursement
    private var instructions: [Instruction] = []
    /// The bank's book.
    private var book: [UUID: Fate] = [:]
    /// Posts that are still on their way, with when they arrive.
    private var onTheWay: [(id: UUID, arrives: Date)] = []
    /// Answers that may come at any time, again and again.
    private var answers: [(id: UUID, answer: BankAnswer)] = []
    private static let patience: TimeInterval = 60
    /// Makes a new attempt when the bank is silent: what must never be done.
    var isCareless = false

    init(seed: UInt64) throws {
        random = Seeded(seed)
        programme = try City.programme()
        disbursement = try City.batched()
        let instruction = try disbursement.approve(names: City.names, by: City.zhao, in: programme).1
        instructions = [try #require(instruction)]
    }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    mutating func play() throws -> String? {
        for turn in 0..<200 {
            now += Double.random(in: 0...40, using: &random)
            arrive()
            switch Int.random(in: 0..<10, using: &random) {
            case 0...5: try act(isHonest: turn > 120)
            case 6...7: try deliver()
            case 8: settle()
            default: try retry()
            }
            if let violation { return violation }
        }
        for _ in 0..<60 {
            now += 100
            arrive()
            settle(all: true)
            try act(isHonest: true)
        }
        return violation ?? end
    }

    /// What must hold at every instant.
    private var violation: String? {
        let paid = instructions.filter { book[$0.id] == .booked }
        if paid.count > 1 { return "paid \(paid.count) times" }
        let open = instructions.filter { $0.state != .rejected }
        if open.count > 1 { return "\(open.count) attempts are open at once" }
        if disbursement.state == "paid", paid.isEmpty { return "paid by our books and not by the bank's" }
        if disbursement.alarm != nil { return "an honest bank raised the alarm \(disbursement.alarm ?? "")" }
        return nil
    }

    /// What must hold once the bank has answered everything.
    private var end: String? {
        let isPaid = instructions.contains { book[$0.id] == .booked }
        switch disbursement.state {
        case "paid": return isPaid ? nil : "paid by our books alone"
        case "rejected": return isPaid ? "rejected by our books and paid by the bank" : nil
        default: return "lost in the state \(disbursement.state)"
        }
    }

    private mutating func act(isHonest: Bool) throws {
        guard var instruction = instructions.last, let act = instruction.claim(at: now) else { return }
        if disbursement.state == "approved" { _ = try disbursement.send(in: programme) }
        instructions[instructions.count - 1] = instruction
        // The process may die here, with the intent committed and nothing sent.
        if !isHonest, chance(15) { return }
        var answer = BankAnswer.silence
        if act == .post {
            if isHonest || chance(50) {
                reach(instruction.id)
                answer = said(instruction.id)
            } else if chance(50) {
                onTheWay.append((instruction.id, now + Double.random(in: 0...Self.patience * 0.9, using: &random)))
            }
        } else {
            answer = said(instruction.id)
        }
        answers.append((instruction.id, answer))
        // It may die here, with the answer in hand; or the answer may be lost.
        if !isHonest, chance(25) { return }
        if !isHonest, chance(25) { answer = .silence }
        try hear(answer, of: instruction.id)
        if isCareless, answer == .silence { instructions.append(next()) }
    }

    private mutating func hear(_ answer: BankAnswer, of id: UUID) throws {
        guard let index = instructions.firstIndex(where: { $0.id == id }) else { return }
        let hearing = instructions[index].hear(answer, patience: Self.patience, at: now)
        if isCareless, index < instructions.count - 1 { return }
        _ = try disbursement.hear(hearing, of: instructions[index], in: programme)
    }

    private mutating func deliver() throws {
        guard let (id, answer) = answers.randomElement(using: &random) else { return }
        // "Not known" and "pending" were true when they were said; a list of answers says only what is decided.
        guard answer != .notKnown, answer != .silence, answer != .pending else { return }
        try hear(answer, of: id)
    }

    private mutating func retry() throws {
        guard disbursement.state == "rejected", instructions.count < 6 else { return }
        let made = try disbursement.retry(
            after: instructions.last, payee: City.payee, names: City.names, reason: "更正", by: City.wang, in: programme)
        if let instruction = made.1 { instructions.append(instruction) }
    }

    private func next() -> Instruction {
        Instruction(
            id: UUID(), disbursementID: disbursement.id, attempt: instructions.count + 1, amountFen: disbursement.amountFen,
            payee: City.payee)
    }

    // MARK: The bank

    private mutating func reach(_ id: UUID) {
        guard book[id] == nil else { return }
        book[id] = chance(40) ? .booked : chance(50) ? .rejected : .pending
    }

    private mutating func arrive() {
        let arrived = onTheWay.filter { $0.arrives <= now }
        onTheWay.removeAll { $0.arrives <= now }
        for post in arrived { reach(post.id) }
    }

    private mutating func settle(all: Bool = false) {
        for (id, fate) in book.sorted(by: { $0.key.uuidString < $1.key.uuidString }) where fate == .pending {
            if all || chance(50) { book[id] = chance(60) ? .booked : .rejected }
        }
    }

    private func said(_ id: UUID) -> BankAnswer {
        switch book[id] {
        case .booked: .booked(reference: "BK\(id)", amountFen: disbursement.amountFen)
        case .rejected: .rejected(reason: "AC01")
        case .pending: .pending
        case nil: .notKnown
        }
    }
}
