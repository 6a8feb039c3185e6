import Kernel
import Messages
import Messaging

/// Checks the ledger for the operator. It reads the state committed before the batch.
struct CheckLedgerHandler: Handler {
    func requestRows(for input: CheckLedger, in rows: inout OrderRows) { rows.rowRequests.ledgerCheck = true }

    func handle(_ input: CheckLedger, context: HandlingContext, rows: inout OrderRows, output: inout HandlerOutput) throws {
        try context.requireSource("quan")
        guard let report = rows.report else { return }
        try output.answer(report)
    }
}
