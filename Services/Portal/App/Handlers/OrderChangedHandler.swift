import Messages
import Messaging

/// Shows an order as it stands, and the steps it has taken.
struct OrderChangedHandler: Handler {
    func wants(_ input: OrderChanged, in rows: inout PortalRows) {}

    func handle(_ input: OrderChanged, context: HandlingContext, rows: inout PortalRows, say: inout Said) throws {
        rows.orders[input.order.orderID] = input.order
        rows.steps.append(
            PortalRows.TakenStep(orderID: input.order.orderID, version: context.envelope.version ?? 0, event: input))
    }
}
