import Access
import FileStore
import Kernel
import Messages
import Messaging
import ProgrammeStore
import RedemptionDomain

/// Accepts an institution's papers, first or corrected.
struct ApplyRedemptionHandler: AuthorisesSender {
    let files: FileStore

    func authorise(_ input: ApplyRedemption, as principal: Principal) throws(Refusal) {
        try ProgrammeRows.requirePermission("apply-redemption", "resubmit-redemption", by: principal.roles)
    }

    func requestRows(for input: ApplyRedemption, in rows: inout RedemptionRows) {
        rows.request(input.orderID)
        rows.requestAppliedVersions(input)
        rows.request(input.papers, in: files)
        rows.request(input.facts)
    }

    func handle(_ input: ApplyRedemption, context: HandlingContext, rows: inout RedemptionRows, output: inout HandlerOutput) throws {
        let caller = try sender(of: input, context, in: rows)
        try rows.requireApplied(input)
        let redemption = try rows.redemption(input.orderID)
        let actor = try rows.actor(caller, on: redemption)
        let deciding = try rows.deciding(redemption.order, at: context.now)
        let change = try deciding.apply(input, on: redemption, by: actor, rows.surroundings(of: redemption))
        rows.recordUse(of: input.facts, by: redemption.id)
        rows.recordUse(of: input.papers, by: redemption.id)
        try rows.emitAndAnswer(change, &output)
    }
}
