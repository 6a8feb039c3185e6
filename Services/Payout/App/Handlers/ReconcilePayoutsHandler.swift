import Access
import Foundation
import Kernel
import Messages
import Messaging
import PayoutDomain

/// Compares our books with the newest bank statement. Refused if that was refused (QUAN-37) or is too old (QUAN-15).
struct ReconcilePayoutsHandler: AuthorisesSender {
    /// The greatest age of a statement that counts as current.
    let statementAgeAtMost: Duration

    func authorise(_ input: ReconcilePayouts, as principal: Principal) throws(Refusal) {
        guard principal.roles.contains("officer") else {
            throw PlatformRule.notPermitted.refusal().comparing("expected", "officer", .code)
        }
    }

    func requestRows(for input: ReconcilePayouts, in rows: inout PayoutRows) {
        rows.statement.isRequested = true
        rows.statement.ageAtMost = statementAgeAtMost
    }

    func handle(_ input: ReconcilePayouts, context: HandlingContext, rows: inout PayoutRows, output: inout HandlerOutput) throws {
        if context.envelope.source != "quan" || context.envelope.token != nil {
            _ = try rows.access.effectivePrincipalInAnyProgramme(try sender(of: input, context, in: rows))
        }
        let result = try rows.statement.reconciled()
        try output.publish(result, key: "reconciliation")
        try output.answer(result)
        try output.audit(result)
    }
}
