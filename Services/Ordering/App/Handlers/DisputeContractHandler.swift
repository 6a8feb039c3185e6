import Access
import Kernel
import Messages
import Messaging
import OrderingDomain
import ProgrammeStore

/// Sets a contract aside, because the enterprise says that it is not what it signed.
struct DisputeContractHandler: JudgesSender {
    func mayAct(_ input: DisputeContract, as principal: Principal) throws(Refusal) {
        try ProgrammeRows.mustTake("dispute-contract", by: principal.roles)
    }

    func wants(_ input: DisputeContract, in rows: inout OrderRows) { rows.wantOrder(input.orderID) }

    func handle(_ input: DisputeContract, context: HandlingContext, rows: inout OrderRows, say: inout Said) throws {
        let caller = try sender(of: input, context, in: rows)
        let order = try rows.order(input.orderID)
        let actor = try rows.actor(caller, in: order.programmeID)
        let deciding = try rows.deciding(order, at: context.now)
        let change = try rows.decide(context) { ledger throws in
            try deciding.dispute(reason: input.reason, on: order, by: actor, in: &ledger)
        }
        try rows.tell(change, &say)
        try rows.acted(actor, giving: "dispute-contract", in: deciding.programme, &say)
    }
}
