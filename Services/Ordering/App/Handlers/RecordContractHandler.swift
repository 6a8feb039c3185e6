import Access
import Kernel
import Messages
import Messaging
import OrderingDomain
import ProgrammeStore

/// Records the contract, and adjusts the reserved amount to it.
struct RecordContractHandler: AuthorisesSender {
    func authorise(_ input: RecordContract, as principal: Principal) throws(Refusal) {
        try ProgrammeRows.requirePermission("record-contract", by: principal.roles)
    }

    func requestRows(for input: RecordContract, in rows: inout OrderRows) { rows.requestOrder(input.orderID) }

    func handle(_ input: RecordContract, context: HandlingContext, rows: inout OrderRows, output: inout HandlerOutput) throws {
        let caller = try sender(of: input, context, in: rows)
        let order = try rows.order(input.orderID)
        let actor = try rows.actor(caller, in: order.programmeID)
        let deciding = try rows.deciding(order, at: context.now)
        let (change, subsidy) = try rows.decide(context) { ledger throws in
            try deciding.record(input.contract, on: order, by: actor, in: &ledger)
        }
        try rows.emit(change, &output) { $0.subsidy = subsidy }
        try rows.recordAction(actor, giving: "record-contract", in: deciding.programme, &output)
    }
}
