public import Kernel
public import Programme

extension Disbursement {
    /// Takes the step that what was heard of an attempt stands for; nil where there is nothing to tell.
    ///
    /// What is heard of an attempt that is not the last one can only be said again, late, or a contradiction.
    public mutating func hear(_ hearing: Hearing, of instruction: Instruction, in programme: Programme) throws(Refusal) -> String? {
        switch hearing {
        case .nothing: return nil
        case .attempt: return "attempt"
        case .alarm(let alarm):
            guard self.alarm == nil else { return nil }
            self.alarm = alarm
            return "alarm"
        case .confirm: return try heard("confirm-payout", instruction, in: programme)
        case .reject: return try heard("reject-payout", instruction, in: programme)
        }
    }

    private mutating func heard(_ command: String, _ instruction: Instruction, in programme: Programme) throws(Refusal) -> String {
        // A disbursement that is held takes no step, but the bank's final word on its attempt is a fact all the same.
        let step = try programme.step(procedure: Self.procedure, command: command, state: state, roles: Actor.platform.roles)
        take(step, by: .platform)
        bankReference = instruction.bankReference
        return step.id
    }

    /// Gives the attempt to the bank: the platform's step, taken before the bank is spoken to.
    public mutating func send(in programme: Programme) throws(Refusal) -> Step {
        let step = try step("send-payout", by: .platform, in: programme)
        take(step, by: .platform)
        return step
    }
}
