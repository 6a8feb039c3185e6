public import Kernel
public import Messages
public import Messaging

/// A handler of people's commands that can refuse senders by the token alone: by role, and by the organisation that the command names.
/// An unauthorised sender is refused before any row is loaded for the command (`Handler.admit`), and `sender` repeats the check with
/// the keys that are loaded with the rows.
///
/// ```swift
/// struct BatchPayoutsHandler: AuthorisesSender {
///     func authorise(_ input: BatchPayouts, as principal: Principal) throws(Refusal) {
///         try ProgrammeRows.requirePermission("batch-payout", by: principal.roles)
///     }
///     func handle(_ input: BatchPayouts, context: HandlingContext, rows: inout PayoutRows, output: inout HandlerOutput) throws {
///         let principal = try sender(of: input, context, in: rows)
/// ```
public protocol AuthorisesSender: Handler where Input: Command, Rows: HasAccessRows {
    /// Throws a refusal (QUAN-10) if the principal may not send the command. Uses only the command and the token, never rows.
    func authorise(_ input: Input, as principal: Principal) throws(Refusal)
}

extension AuthorisesSender {
    /// Refuses unauthorised senders. A token whose key is not cached yet is admitted: it is checked with the rows.
    public func admit(_ input: Input, context: HandlingContext) throws(Refusal) {
        guard let principal = VerificationKeyCache.shared.principal(of: context) else { return }
        try authorise(input, as: principal)
    }

    /// The authorised sender of the command. Throws as `AccessRows.principal(of:)` and `authorise` do.
    public func sender(of input: Input, _ context: HandlingContext, in rows: Rows) throws -> Principal {
        let principal = try rows.access.principal(of: context)
        try authorise(input, as: principal)
        return principal
    }
}
