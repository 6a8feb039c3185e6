import Kernel
import Messages
import Messaging
import Recovery
import RedemptionDomain
import StrictJSON

/// Lapses a redemption whose deadline has passed. It does nothing if the redemption has left the state, because a timer may fire late or
/// repeatedly.
struct LapseRedemptionHandler: Handler {
    func requestRows(for input: LapseRedemption, in rows: inout RedemptionRows) {
        rows.request(input.orderID)
        rows.rowRequests.lapses.insert(input.orderID)
    }

    func handle(_ input: LapseRedemption, context: HandlingContext, rows: inout RedemptionRows, output: inout HandlerOutput) throws {
        guard context.envelope.source == RedemptionHandlers.name else {
            throw PlatformRule.notPermitted.refusal().comparing("expected", RedemptionHandlers.name, .code)
        }
        // Missing commands are republished to this same partition, so waiting here would block them; defer this command behind them.
        guard !rows.withMissingCommands.contains(input.orderID) else {
            return try output.send(input, key: input.orderID.lowercased, after: CommandGaps.retryDelay)
        }
        let redemption = try rows.redemption(input.orderID)
        let deciding = try rows.deciding(redemption.order, at: context.now)
        guard let change = deciding.lapse(input.deadline, timer: input.timer, dueAt: input.dueAt, of: redemption) else { return }
        try rows.emitAndAnswer(change, &output)
    }
}
