import FileStore
import Messages
import Messaging
import RedemptionDomain

/// Takes a redemption a step on: waive, return, determine, decide, refuse, publish, object, answer.
struct DecideRedemptionHandler: Handler {
    let files: FileStore

    func wants(_ input: DecideRedemption, in rows: inout RedemptionRows) {
        rows.want(input.orderID)
        rows.want(input.papers, in: files)
    }

    func handle(_ input: DecideRedemption, context: HandlingContext, rows: inout RedemptionRows, say: inout Said) throws {
        let actor = try rows.actor(context)
        let redemption = try rows.redemption(input.orderID)
        let deciding = try rows.deciding(redemption.order, at: context.now)
        let change = try deciding.take(input, on: redemption, by: actor, files: rows.files)
        try rows.tellAnswering(change, &say)
    }
}
