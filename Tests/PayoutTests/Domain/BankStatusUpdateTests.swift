import Foundation
import Kernel
import PayoutDomain
import Testing

@Suite("Effects of the bank's answers on an instruction")
struct BankStatusUpdateTests {
    private let amount = Fen(3_000_000)
    private var booked: BankAnswer { .booked(reference: "BK1", amountFen: amount) }

    private func instruction(_ state: Instruction.State) -> Instruction {
        Instruction(
            id: UUID(), disbursementID: UUID(), attempt: 1, amountFen: amount, payee: Samples.payee, state: state,
            bankReference: state == .booked ? "BK1" : nil, sentAt: state == .toSend ? nil : Samples.now)
    }

    private func apply(_ answer: BankAnswer, in state: Instruction.State, after seconds: TimeInterval = 0) -> (
        BankStatusUpdate, Instruction
    ) {
        var instruction = instruction(state)
        let update = instruction.apply(answer, patience: 60, at: Samples.now.addingTimeInterval(seconds))
        return (update, instruction)
    }

    @Test("a final answer ends an open attempt in every open state", arguments: [Instruction.State.sending, .unknown, .pending])
    func finalAnswers(state: Instruction.State) {
        let (confirmed, paid) = apply(booked, in: state)
        #expect(confirmed == .confirm && paid.state == .booked && paid.bankReference == "BK1")
        let (rejected, refused) = apply(.rejected(reason: "AC01"), in: state)
        #expect(rejected == .reject && refused.state == .rejected && refused.reason == "AC01")
    }

    @Test("without an answer the instruction is only queried, never sent again")
    func silence() {
        var (update, instruction) = apply(.silence, in: .sending)
        #expect(update == .attempt && instruction.state == .unknown)
        for _ in 1...5 {
            #expect(instruction.claim(at: Samples.now) == .ask)
            _ = instruction.apply(.silence, patience: 60, at: Samples.now.addingTimeInterval(1000))
        }
        #expect(instruction.state == .unknown)
    }

    @Test("an instruction whose process crashed is queried, not sent again")
    func crashed() {
        var claimed = instruction(.toSend)
        #expect(claimed.claim(at: Samples.now) == .post)
        #expect(claimed.claim(at: Samples.now.addingTimeInterval(1000)) == .ask)
    }

    @Test("an instruction unknown to the bank is sent again under its id, but only after `patience`")
    func unheardOf() {
        var (early, instruction) = apply(.notKnown, in: .sending, after: 59)
        #expect(early == .attempt && instruction.claim(at: Samples.now.addingTimeInterval(59)) == .ask)
        _ = instruction.apply(.notKnown, patience: 60, at: Samples.now.addingTimeInterval(60))
        let id = instruction.id
        #expect(instruction.claim(at: Samples.now.addingTimeInterval(61)) == .post)
        #expect(instruction.id == id && instruction.state == .sending)
    }

    @Test("a repeated or late answer changes nothing")
    func again() {
        #expect(apply(booked, in: .booked).0 == .nothing)
        #expect(apply(.pending, in: .booked).0 == .nothing)
        #expect(apply(.notKnown, in: .booked).0 == .nothing)
        #expect(apply(.silence, in: .booked).0 == .nothing)
        #expect(apply(.rejected(reason: "AC04"), in: .rejected).0 == .nothing)
        #expect(apply(.pending, in: .rejected).0 == .nothing)
    }

    @Test("a final answer is never revoked: a contradiction raises an alarm and leaves the attempt unchanged")
    func contradictions() {
        for (answer, state, alarm) in [
            (booked, Instruction.State.rejected, "booked-after-rejected"), (.rejected(reason: "AC01"), .booked, "rejected-after-booked"),
            (.booked(reference: "BK2", amountFen: amount), .booked, "booked-twice"), (booked, .toSend, "booked-before-sent"),
            (.booked(reference: "BK1", amountFen: Fen(1)), .sending, "amount-differs"), (.notKnown, .pending, "forgotten-by-the-bank"),
        ] {
            let (update, instruction) = apply(answer, in: state)
            #expect(update == .alarm(alarm))
            #expect(instruction.state == state)
        }
    }

    @Test("an alarm blocks every step of people and the platform on a disbursement")
    func held() throws {
        let programme = try Samples.programme()
        var (disbursement, instruction) = try Samples.sent()
        _ = try disbursement.apply(
            instruction.apply(.rejected(reason: "AC01"), patience: 60, at: Samples.now), of: instruction, in: programme)
        let contradiction = instruction.apply(
            .booked(reference: "BK9", amountFen: disbursement.amountFen), patience: 60, at: Samples.now)
        #expect(try disbursement.apply(contradiction, of: instruction, in: programme) == "alarm")
        #expect(try disbursement.apply(contradiction, of: instruction, in: programme) == nil)
        let refused = refusal {
            _ = try disbursement.retry(
                after: instruction, payee: Samples.payee, names: Samples.names, reason: "再付", by: Samples.wang, in: programme)
        }
        #expect(refused?.clauses == ["QUAN-15", "BJ26-42"])
        #expect(refused?.numbers.contains { $0.name == "alarm" } == true)
    }
}
