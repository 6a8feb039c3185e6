import Access
import Foundation
import Kernel
import Messages
import Messaging
import PayoutDomain

/// Holds our books against the bank's statement as it was last fetched; refused where that was refused or is too old (QUAN-37, QUAN-15).
struct ReconcilePayoutsHandler: JudgesSender {
    /// How old the statement may be and still count as current.
    let statementAgeAtMost: Duration

    func mayAct(_ input: ReconcilePayouts, as principal: Principal) throws(Refusal) {
        guard principal.roles.contains("officer") else {
            throw PlatformRule.notPermitted.refusal().comparing("expected", "officer", .code)
        }
    }

    func wants(_ input: ReconcilePayouts, in rows: inout PayoutRows) {
        rows.statement.isWanted = true
        rows.statement.ageAtMost = statementAgeAtMost
    }

    func handle(_ input: ReconcilePayouts, context: HandlingContext, rows: inout PayoutRows, say: inout Said) throws {
        if context.envelope.source != "quan" || context.envelope.token != nil {
            _ = try rows.access.judgedInAnyProgramme(try sender(of: input, context, in: rows))
        }
        let result = try rows.statement.reconciled()
        try say.publish(result, key: "reconciliation")
        try say.answer(result)
        try say.audit(result)
    }
}
