import Foundation
import Kernel
import PayoutDomain
import Programme
import Testing

@Suite("No payment is made twice or lost")
struct PaymentSimulationTests {
    @Test("with any faults of bank, network and process, a disbursement is paid once, or rejected and not paid")
    func random() throws {
        for seed in UInt64(1)...400 {
            var simulation = try PaymentSimulation(seed: seed)
            let violation = try simulation.run()
            #expect(violation == nil, "seed \(seed): \(violation ?? "")")
        }
    }

    @Test("the simulation detects a sender that starts a new attempt without an answer of the bank")
    func careless() throws {
        let violations = try (UInt64(1)...400).compactMap { seed -> String? in
            var simulation = try PaymentSimulation(seed: seed)
            simulation.isCareless = true
            return try simulation.run()
        }
        #expect(!violations.isEmpty)
    }
}

/// One disbursement, a bank with its own book, and a network that loses, delays and repeats messages.
private struct PaymentSimulation {
    private enum BankOutcome { case booked, rejected, pending }

    private let programme: Programme
    private var random: SplitMix64
    private var now = Samples.now
    private var disbursement: Disbursement
    private var instructions: [Instruction] = []
    /// The bank's book.
    private var book: [UUID: BankOutcome] = [:]
    /// Requests on their way, with the time of their arrival.
    private var inTransit: [(id: UUID, arrives: Date)] = []
    /// Answers that may be delivered at any time, repeatedly.
    private var answers: [(id: UUID, answer: BankAnswer)] = []
    private static let patience: TimeInterval = 60
    /// Starts a new attempt without an answer of the bank, which is forbidden.
    var isCareless = false

    init(seed: UInt64) throws {
        random = SplitMix64(seed: seed)
        programme = try Samples.programme()
        disbursement = try Samples.batched()
        let instruction = try disbursement.approve(names: Samples.names, by: Samples.zhao, in: programme).1
        instructions = [try #require(instruction)]
    }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    mutating func run() throws -> String? {
        for turn in 0..<200 {
            now += Double.random(in: 0...40, using: &random)
            arrive()
            switch Int.random(in: 0..<10, using: &random) {
            case 0...5: try act(isReliable: turn > 120)
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
            try act(isReliable: true)
        }
        return violation ?? end
    }

    /// The violated invariant, if any.
    private var violation: String? {
        let paid = instructions.filter { book[$0.id] == .booked }
        if paid.count > 1 { return "paid \(paid.count) times" }
        let open = instructions.filter { $0.state != .rejected }
        if open.count > 1 { return "\(open.count) attempts are open at once" }
        if disbursement.state == "paid", paid.isEmpty { return "paid in our books, not at the bank" }
        if disbursement.alarm != nil { return "a correct bank caused the alarm \(disbursement.alarm ?? "")" }
        return nil
    }

    /// The violated invariant after the bank has answered everything, if any.
    private var end: String? {
        let isPaid = instructions.contains { book[$0.id] == .booked }
        switch disbursement.state {
        case "paid": return isPaid ? nil : "paid in our books only"
        case "rejected": return isPaid ? "rejected in our books, paid by the bank" : nil
        default: return "lost in the state \(disbursement.state)"
        }
    }

    private mutating func act(isReliable: Bool) throws {
        guard var instruction = instructions.last, let act = instruction.claim(at: now) else { return }
        if disbursement.state == "approved" { _ = try disbursement.send(in: programme) }
        instructions[instructions.count - 1] = instruction
        // The process may crash here: the claim is committed and nothing is sent.
        if !isReliable, chance(15) { return }
        var answer = BankAnswer.silence
        if act == .post {
            if isReliable || chance(50) {
                reach(instruction.id)
                answer = status(instruction.id)
            } else if chance(50) {
                inTransit.append((instruction.id, now + Double.random(in: 0...Self.patience * 0.9, using: &random)))
            }
        } else {
            answer = status(instruction.id)
        }
        answers.append((instruction.id, answer))
        // It may crash here before the answer is committed, or the answer may be lost.
        if !isReliable, chance(25) { return }
        if !isReliable, chance(25) { answer = .silence }
        try apply(answer, of: instruction.id)
        if isCareless, answer == .silence { instructions.append(next()) }
    }

    private mutating func apply(_ answer: BankAnswer, of id: UUID) throws {
        guard let index = instructions.firstIndex(where: { $0.id == id }) else { return }
        let update = instructions[index].apply(answer, patience: Self.patience, at: now)
        if isCareless, index < instructions.count - 1 { return }
        _ = try disbursement.apply(update, of: instructions[index], in: programme)
    }

    private mutating func deliver() throws {
        guard let (id, answer) = answers.randomElement(using: &random) else { return }
        // The list of answers contains only final answers.
        guard answer != .notKnown, answer != .silence, answer != .pending else { return }
        try apply(answer, of: id)
    }

    private mutating func retry() throws {
        guard disbursement.state == "rejected", instructions.count < 6 else { return }
        let made = try disbursement.retry(
            after: instructions.last, payee: Samples.payee, names: Samples.names, reason: "更正", by: Samples.wang, in: programme)
        if let instruction = made.1 { instructions.append(instruction) }
    }

    private func next() -> Instruction {
        Instruction(
            id: UUID(), disbursementID: disbursement.id, attempt: instructions.count + 1, amountFen: disbursement.amountFen,
            payee: Samples.payee)
    }

    // MARK: The bank

    private mutating func reach(_ id: UUID) {
        guard book[id] == nil else { return }
        book[id] = chance(40) ? .booked : chance(50) ? .rejected : .pending
    }

    private mutating func arrive() {
        let arrived = inTransit.filter { $0.arrives <= now }
        inTransit.removeAll { $0.arrives <= now }
        for post in arrived { reach(post.id) }
    }

    private mutating func settle(all: Bool = false) {
        for (id, outcome) in book.sorted(by: { $0.key.uuidString < $1.key.uuidString }) where outcome == .pending {
            if all || chance(50) { book[id] = chance(60) ? .booked : .rejected }
        }
    }

    private func status(_ id: UUID) -> BankAnswer {
        switch book[id] {
        case .booked: .booked(reference: "BK\(id)", amountFen: disbursement.amountFen)
        case .rejected: .rejected(reason: "AC01")
        case .pending: .pending
        case nil: .notKnown
        }
    }
}
