import Messages
import Messaging

/// Saves the state of an order's redemption, which some steps of an order require.
struct RedemptionChangedHandler: Handler {
    func requestRows(for input: RedemptionChanged, in rows: inout OrderRows) {}

    func handle(_ input: RedemptionChanged, context: HandlingContext, rows: inout OrderRows, output: inout HandlerOutput) throws {
        rows.redemptions[input.redemption.orderID] = input.redemption.state
    }
}
