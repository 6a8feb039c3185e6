import Access
import FileStore
import Kernel
import Messages
import Messaging
import Programme
import ProgrammeStore
import RedemptionDomain

/// Takes a redemption a step on: waive, return, determine, decide, refuse, publish, object, answer.
struct DecideRedemptionHandler: JudgesSender {
    let files: FileStore

    func mayAct(_ input: DecideRedemption, as principal: Principal) throws(Refusal) {
        try ProgrammeRows.mustTake(input.decision.rawValue, by: principal.roles)
    }

    func wants(_ input: DecideRedemption, in rows: inout RedemptionRows) {
        rows.want(input.orderID)
        rows.want(input.papers, in: files)
    }

    func handle(_ input: DecideRedemption, context: HandlingContext, rows: inout RedemptionRows, say: inout Said) throws {
        let caller = try sender(of: input, context, in: rows)
        let redemption = try rows.redemption(input.orderID)
        let actor = try rows.actor(caller, on: redemption)
        let deciding = try rows.deciding(redemption.order, at: context.now)
        let change = try deciding.take(input, on: redemption, by: actor, rows.surroundings(of: redemption))
        rows.use(input.papers, by: redemption.id)
        try rows.tellAnswering(change, &say)
        let step = deciding.programme.roles(procedure: Deciding.procedure, command: input.decision.rawValue)
        try rows.access.acted(caller.organisation, in: actor.roles, as: step, programmeID: redemption.order.programmeID, &say)
    }
}
