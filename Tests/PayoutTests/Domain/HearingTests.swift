import Foundation
import Kernel
import PayoutDomain
import Testing

@Suite("What the bank says of an instruction")
struct HearingTests {
    private let amount = Fen(3_000_000)
    private var booked: BankAnswer { .booked(reference: "BK1", amountFen: amount) }

    private func instruction(_ state: Instruction.State) -> Instruction {
        Instruction(
            id: UUID(), disbursementID: UUID(), attempt: 1, amountFen: amount, payee: City.payee, state: state,
            bankReference: state == .booked ? "BK1" : nil, sentAt: state == .toSend ? nil : City.now)
    }

    private func hear(_ answer: BankAnswer, in state: Instruction.State, after seconds: TimeInterval = 0) -> (Hearing, Instruction) {
        var instruction = instruction(state)
        let hearing = instruction.hear(answer, patience: 60, at: City.now.addingTimeInterval(seconds))
        return (hearing, instruction)
    }

    @Test("a final answer ends an open attempt, whichever way it was open", arguments: [Instruction.State.sending, .unknown, .pending])
    func finalAnswers(state: Instruction.State) {
        let (confirmed, paid) = hear(booked, in: state)
        #expect(confirmed == .confirm && paid.state == .booked && paid.bankReference == "BK1")
        let (rejected, refused) = hear(.rejected(reason: "AC01"), in: state)
        #expect(rejected == .reject && refused.state == .rejected && refused.reason == "AC01")
    }

    @Test("after silence the only thing to do is to ask about this very instruction")
    func silence() {
        var (hearing, instruction) = hear(.silence, in: .sending)
        #expect(hearing == .attempt && instruction.state == .unknown)
        for _ in 1...5 {
            #expect(instruction.claim(at: City.now) == .ask)
            _ = instruction.hear(.silence, patience: 60, at: City.now.addingTimeInterval(1000))
        }
        #expect(instruction.state == .unknown)
    }

    @Test("what a process died over is asked about, never sent blindly again")
    func died() {
        var claimed = instruction(.toSend)
        #expect(claimed.claim(at: City.now) == .post)
        #expect(claimed.claim(at: City.now.addingTimeInterval(1000)) == .ask)
    }

    @Test("an instruction the bank knows nothing of is given to it again under its id, and not before nothing sent can be on its way")
    func unheardOf() {
        var (early, instruction) = hear(.notKnown, in: .sending, after: 59)
        #expect(early == .attempt && instruction.claim(at: City.now.addingTimeInterval(59)) == .ask)
        _ = instruction.hear(.notKnown, patience: 60, at: City.now.addingTimeInterval(60))
        let id = instruction.id
        #expect(instruction.claim(at: City.now.addingTimeInterval(61)) == .post)
        #expect(instruction.id == id && instruction.state == .sending)
    }

    @Test("an answer said twice or late changes nothing")
    func again() {
        #expect(hear(booked, in: .booked).0 == .nothing)
        #expect(hear(.pending, in: .booked).0 == .nothing)
        #expect(hear(.notKnown, in: .booked).0 == .nothing)
        #expect(hear(.silence, in: .booked).0 == .nothing)
        #expect(hear(.rejected(reason: "AC04"), in: .rejected).0 == .nothing)
        #expect(hear(.pending, in: .rejected).0 == .nothing)
    }

    @Test("no final word is taken back: a contradiction is an alarm and leaves the attempt as it was")
    func contradictions() {
        for (answer, state, alarm) in [
            (booked, Instruction.State.rejected, "booked-after-rejected"), (.rejected(reason: "AC01"), .booked, "rejected-after-booked"),
            (.booked(reference: "BK2", amountFen: amount), .booked, "booked-twice"), (booked, .toSend, "booked-before-sent"),
            (.booked(reference: "BK1", amountFen: Fen(1)), .sending, "amount-differs"), (.notKnown, .pending, "forgotten-by-the-bank"),
        ] {
            let (hearing, instruction) = hear(answer, in: state)
            #expect(hearing == .alarm(alarm))
            #expect(instruction.state == state)
        }
    }

    @Test("a disbursement with an alarm is held: no step of a person or the platform is taken until it is looked into")
    func held() throws {
        let programme = try City.programme()
        var (disbursement, instruction) = try City.sent()
        _ = try disbursement.hear(instruction.hear(.rejected(reason: "AC01"), patience: 60, at: City.now), of: instruction, in: programme)
        let contradiction = instruction.hear(
            .booked(reference: "BK9", amountFen: disbursement.amountFen), patience: 60, at: City.now)
        #expect(try disbursement.hear(contradiction, of: instruction, in: programme) == "alarm")
        #expect(try disbursement.hear(contradiction, of: instruction, in: programme) == nil)
        let refused = refusal {
            _ = try disbursement.retry(after: instruction, payee: City.payee, names: City.names, reason: "再付", by: City.wang, in: programme)
        }
        #expect(refused?.clauses == ["QUAN-15", "BJ26-42"])
        #expect(refused?.numbers.contains { $0.name == "alarm" } == true)
    }
}
