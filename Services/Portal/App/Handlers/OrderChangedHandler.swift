import Messages
import Messaging

/// Stores the state of an order and the step it took.
struct OrderChangedHandler: Handler {
    func requestRows(for input: OrderChanged, in rows: inout PortalRows) {}

    func handle(_ input: OrderChanged, context: HandlingContext, rows: inout PortalRows, output: inout HandlerOutput) throws {
        rows.orders[input.order.orderID] = input.order
        rows.steps.append(
            PortalRows.TakenStep(orderID: input.order.orderID, version: context.envelope.version ?? 0, event: input))
    }
}
