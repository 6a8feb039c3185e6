import Messages
import Messaging

/// Keeps the state that an order's redemption is in, for the steps of an order that need it.
struct RedemptionChangedHandler: Handler {
    func wants(_ input: RedemptionChanged, in rows: inout OrderRows) {}

    func handle(_ input: RedemptionChanged, context: HandlingContext, rows: inout OrderRows, say: inout Said) throws {
        rows.redemptions[input.redemption.orderID] = input.redemption.state
    }
}
