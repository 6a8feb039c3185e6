import Access
import Foundation
import Kernel
import Messages
import Messaging
import PayoutDomain

/// Holds our books against the bank's statement as it was last fetched.
struct ReconcilePayoutsHandler: Handler {
    func wants(_ input: ReconcilePayouts, in rows: inout PayoutRows) { rows.statement.isWanted = true }

    func handle(_ input: ReconcilePayouts, context: HandlingContext, rows: inout PayoutRows, say: inout Said) throws {
        if context.envelope.source != "quan" || context.envelope.token != nil {
            let principal = try rows.access.principalInAnyProgramme(of: context)
            guard principal.roles.contains("officer") else {
                throw PlatformRule.notPermitted.refusal().comparing("expected", "officer", .code)
            }
        }
        guard let at = rows.statement.fetchedAt else {
            throw PlatformRule.stateDoesNotAllow.refusal(
                LocalisedText(zh: "尚未取得银行对账单。", en: "No statement has been fetched from the bank yet."))
        }
        let result = Reconciliation.compare(
            attempts: rows.statement.attempts, bookings: rows.statement.bookings, bookedSince: rows.statement.bookedSince, statementAt: at)
        try say.publish(result, key: "reconciliation")
        try say.answer(result)
        try say.audit(result)
    }
}
