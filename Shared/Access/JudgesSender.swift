public import Kernel
public import Messages
public import Messaging

/// A handler of people's commands that can judge by the token alone who may not send them: by role, and by the organisation that the command
/// names. Whoever may not is refused before any row is loaded for the command (`Handler.admit`), and `sender` judges the same again
/// by the keys that are loaded with the rows.
///
/// ```swift
/// struct BatchPayoutsHandler: JudgesSender {
///     func mayAct(_ input: BatchPayouts, as principal: Principal) throws(Refusal) {
///         try ProgrammeRows.mustTake("batch-payout", by: principal.roles)
///     }
///     func handle(_ input: BatchPayouts, context: HandlingContext, rows: inout PayoutRows, say: inout Said) throws {
///         let principal = try sender(of: input, context, in: rows)
/// ```
public protocol JudgesSender: Handler where Input: Command, Rows: HoldsAccess {
    /// Throws the refusal (QUAN-10) of who may not send the command, whatever the rows say. Goes by the command and the token only.
    func mayAct(_ input: Input, as principal: Principal) throws(Refusal)
}

extension JudgesSender {
    /// Refuses whoever may not send it. A token that cannot be judged yet is admitted: it is judged with the rows.
    public func admit(_ input: Input, context: HandlingContext) throws(Refusal) {
        guard let principal = KnownKeys.shared.principal(of: context) else { return }
        try mayAct(input, as: principal)
    }

    /// Who sends the command, and may. Throws as `AccessRows.principal(of:)` and `mayAct` do.
    public func sender(of input: Input, _ context: HandlingContext, in rows: Rows) throws -> Principal {
        let principal = try rows.access.principal(of: context)
        try mayAct(input, as: principal)
        return principal
    }
}
