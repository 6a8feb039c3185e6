import Access
import FileStore
import Kernel
import Messages
import Messaging
import Programme
import ProgrammeStore
import RedemptionDomain

/// Applies a decision to a redemption: waive, return, determine, decide, refuse, publish, object, answer, uphold.
struct DecideRedemptionHandler: AuthorisesSender {
    let files: FileStore

    func authorise(_ input: DecideRedemption, as principal: Principal) throws(Refusal) {
        try ProgrammeRows.requirePermission(input.decision.rawValue, by: principal.roles)
    }

    func requestRows(for input: DecideRedemption, in rows: inout RedemptionRows) {
        rows.request(input.orderID)
        rows.request(input.papers, in: files)
    }

    func handle(_ input: DecideRedemption, context: HandlingContext, rows: inout RedemptionRows, output: inout HandlerOutput) throws {
        let caller = try sender(of: input, context, in: rows)
        let redemption = try rows.redemption(input.orderID)
        let actor = try rows.actor(caller, on: redemption)
        let deciding = try rows.deciding(redemption.order, at: context.now)
        let change = try deciding.take(input, on: redemption, by: actor, rows.surroundings(of: redemption))
        rows.recordUse(of: input.papers, by: redemption.id)
        try rows.emitAndAnswer(change, &output)
        let step = deciding.programme.roles(procedure: Deciding.procedure, command: input.decision.rawValue)
        try rows.access.recordAction(caller.organisation, in: actor.roles, as: step, programmeID: redemption.order.programmeID, &output)
    }
}
