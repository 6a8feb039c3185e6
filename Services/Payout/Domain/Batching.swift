public import Foundation
public import Kernel
public import Programme

extension Disbursement {
    /// How many disbursements a batch may hold.
    public static let batchAtMost = 1000

    /// Puts a due disbursement into a batch (BJ26-42). Refused where no payee is registered for the institution: there is nowhere to pay to.
    public mutating func batch(_ batchID: UUID, hasPayee: Bool, by actor: Actor, in programme: Programme) throws(Refusal) -> Step {
        let step = try step("batch-payout", by: actor, in: programme)
        guard hasPayee else {
            throw step.refusal(.stateDoesNotAllow, Self.noPayee).comparing("disbursement", id.uuidString.lowercased(), .code)
                .comparing("institution", institutionID.uuidString.lowercased(), .code).mended(by: Self.registerPayee)
        }
        take(step, by: actor)
        self.batchID = batchID
        return step
    }

    /// Approves what is batched (BJ26-42): an instruction to send, once as many different people have agreed as the programme wants; nil while
    /// more are needed. Who adds nothing to their number is refused.
    public mutating func approve(payee: Payee?, by actor: Actor, in programme: Programme) throws(Refusal) -> (Step, Instruction?) {
        let step = try step("approve-payout", by: actor, in: programme)
        let agreed = Set(takenBy.values.joined())
        let needed = programme.payout.people
        guard agreed.union([actor.person]).count > agreed.count || agreed.count >= needed else {
            throw step.refusal(.notPermitted, Self.secondPerson).comparing("agreed", agreed.count, .count)
                .comparing("needed", needed, .count)
        }
        guard agreed.union([actor.person]).count >= needed else {
            note(step, by: actor)
            return (step, nil)
        }
        let instruction = try nextInstruction(to: payee, for: step)
        take(step, by: actor)
        attempt = instruction.attempt
        return (step, instruction)
    }

    /// A new attempt, which there may be only after the bank has finally rejected the last: `last` is looked at, not believed from the state.
    public mutating func retry(
        after last: Instruction?, payee: Payee?, reason: String?, by actor: Actor, in programme: Programme
    ) throws(Refusal) -> (Step, Instruction) {
        let step = try step("retry-payout", by: actor, reason: reason, in: programme)
        guard let last, last.attempt == attempt, last.state == .rejected else {
            throw step.refusal(.stateDoesNotAllow, Self.notRejected).comparing("attempt", attempt, .count)
                .comparing("attemptState", last?.state.rawValue ?? "none", .code)
        }
        let instruction = try nextInstruction(to: payee, for: step)
        take(step, by: actor)
        attempt = instruction.attempt
        return (step, instruction)
    }

    private func nextInstruction(to payee: Payee?, for step: Step) throws(Refusal) -> Instruction {
        guard let payee else { throw step.refusal(.stateDoesNotAllow, Self.noPayee).mended(by: Self.registerPayee) }
        let number = attempt + 1
        return Instruction(
            id: PayoutID.instruction(disbursementID: id, attempt: number), disbursementID: id, attempt: number, amountFen: amountFen,
            payee: payee)
    }

    private static let noPayee = LocalisedText(zh: "该服务机构尚未登记收款账户。", en: "The institution has registered no account to be paid to.")
    private static let registerPayee = LocalisedText(
        zh: "请服务机构先登记收款账户，再列入批次。", en: "Have the institution register its account, then batch the disbursement.")
    private static let notRejected = LocalisedText(
        zh: "上一次付款指令尚未被银行最终退回。", en: "The last attempt is not finally rejected by the bank.")
}
