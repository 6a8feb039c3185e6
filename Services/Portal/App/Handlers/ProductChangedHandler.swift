import Messages
import Messaging

/// Stores the state of a product.
struct ProductChangedHandler: Handler {
    func requestRows(for input: ProductChanged, in rows: inout PortalRows) {}

    func handle(_ input: ProductChanged, context: HandlingContext, rows: inout PortalRows, output: inout HandlerOutput) throws {
        rows.products[input.productID] = input
    }
}
