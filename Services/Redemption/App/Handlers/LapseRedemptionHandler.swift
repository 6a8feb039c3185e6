import Kernel
import Messages
import Messaging
import RedemptionDomain

/// Lets a redemption lapse whose deadline has passed. What was left in time is passed over: a timer may fire late or again.
struct LapseRedemptionHandler: Handler {
    func wants(_ input: LapseRedemption, in rows: inout RedemptionRows) {
        rows.want(input.orderID)
        rows.wishes.lapses.insert(input.orderID)
    }

    func handle(_ input: LapseRedemption, context: HandlingContext, rows: inout RedemptionRows, say: inout Said) throws {
        guard context.envelope.source == RedemptionContents.name else {
            throw PlatformRule.notPermitted.refusal().comparing("expected", RedemptionContents.name, .code)
        }
        // What is being sent again comes into this very partition, so it is not waited for here: this goes behind it once more.
        guard !rows.unsettled.contains(input.orderID) else {
            return try say.send(input, key: input.orderID.lowercased, after: MissingCommands.pause)
        }
        let redemption = try rows.redemption(input.orderID)
        let deciding = try rows.deciding(redemption.order, at: context.now)
        guard let change = deciding.lapse(input.deadline, timer: input.timer, dueAt: input.dueAt, of: redemption) else { return }
        try rows.tellAnswering(change, &say)
    }
}
