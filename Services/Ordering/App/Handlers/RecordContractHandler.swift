import Access
import Kernel
import Messages
import Messaging
import OrderingDomain
import ProgrammeStore

/// Takes down what the contract says, and makes what the order holds the contract's amount.
struct RecordContractHandler: JudgesSender {
    func mayAct(_ input: RecordContract, as principal: Principal) throws(Refusal) {
        try ProgrammeRows.mustTake("record-contract", by: principal.roles)
    }

    func wants(_ input: RecordContract, in rows: inout OrderRows) { rows.wantOrder(input.orderID) }

    func handle(_ input: RecordContract, context: HandlingContext, rows: inout OrderRows, say: inout Said) throws {
        let caller = try sender(of: input, context, in: rows)
        let order = try rows.order(input.orderID)
        let actor = try rows.actor(caller, in: order.programmeID)
        let deciding = try rows.deciding(order, at: context.now)
        let (change, subsidy) = try rows.decide(context) { ledger throws in
            try deciding.record(input.contract, on: order, by: actor, in: &ledger)
        }
        try rows.tell(change, &say) { $0.subsidy = subsidy }
        try rows.acted(actor, giving: "record-contract", in: deciding.programme, &say)
    }
}
