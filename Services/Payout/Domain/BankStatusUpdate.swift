public import Kernel
public import Programme

extension Disbursement {
    /// Applies an update about an attempt. Returns the id of the step taken; nil if nothing changed.
    ///
    /// An update about an attempt that is not the last one can only be a repetition, a late answer or a contradiction.
    public mutating func apply(_ update: BankStatusUpdate, of instruction: Instruction, in programme: Programme) throws(Refusal) -> String?
    {
        switch update {
        case .nothing: return nil
        case .attempt: return "attempt"
        case .alarm(let alarm):
            guard self.alarm == nil else { return nil }
            self.alarm = alarm
            return "alarm"
        case .confirm: return try applyFinalAnswer("confirm-payout", instruction, in: programme)
        case .reject: return try applyFinalAnswer("reject-payout", instruction, in: programme)
        }
    }

    private mutating func applyFinalAnswer(_ command: String, _ instruction: Instruction, in programme: Programme) throws(Refusal) -> String
    {
        // `take` is used directly: an alarm blocks steps of people and the platform, but the bank's final answer must still be recorded.
        let step = try programme.step(procedure: Self.procedure, command: command, state: state, roles: Actor.platform.roles)
        take(step, by: .platform)
        bankReference = instruction.bankReference
        return step.id
    }

    /// Takes the platform's step that sends the attempt. It is committed before the bank is contacted.
    public mutating func send(in programme: Programme) throws(Refusal) -> Step {
        let step = try step("send-payout", by: .platform, in: programme)
        take(step, by: .platform)
        return step
    }
}
