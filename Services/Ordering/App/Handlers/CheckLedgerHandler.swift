import Kernel
import Messages
import Messaging

/// Tells the operator whether the ledger is in order. It looks at what is committed when the batch begins.
struct CheckLedgerHandler: Handler {
    func wants(_ input: CheckLedger, in rows: inout OrderRows) { rows.wishes.ledgerCheck = true }

    func handle(_ input: CheckLedger, context: HandlingContext, rows: inout OrderRows, say: inout Said) throws {
        try context.mustComeFrom("quan")
        guard let report = rows.report else { return }
        try say.answer(report)
    }
}
