import Access
import FileStore
import Kernel
import Messages
import Messaging
import ProgrammeStore
import RedemptionDomain

/// Takes an institution's papers, the first time or mended.
struct ApplyRedemptionHandler: JudgesSender {
    let files: FileStore

    func mayAct(_ input: ApplyRedemption, as principal: Principal) throws(Refusal) {
        try ProgrammeRows.mustTake("apply-redemption", "resubmit-redemption", by: principal.roles)
    }

    func wants(_ input: ApplyRedemption, in rows: inout RedemptionRows) {
        rows.want(input.orderID)
        rows.wantHeard(input)
        rows.want(input.papers, in: files)
        rows.want(input.facts)
    }

    func handle(_ input: ApplyRedemption, context: HandlingContext, rows: inout RedemptionRows, say: inout Said) throws {
        let caller = try sender(of: input, context, in: rows)
        try rows.mustHaveHeard(input)
        let redemption = try rows.redemption(input.orderID)
        let actor = try rows.actor(caller, on: redemption)
        let deciding = try rows.deciding(redemption.order, at: context.now)
        let change = try deciding.apply(input, on: redemption, by: actor, rows.surroundings(of: redemption))
        rows.use(input.facts, by: redemption.id)
        rows.use(input.papers, by: redemption.id)
        try rows.tellAnswering(change, &say)
    }
}
