import Messages
import Messaging

/// Shows a product as it stands.
struct ProductChangedHandler: Handler {
    func wants(_ input: ProductChanged, in rows: inout PortalRows) {}

    func handle(_ input: ProductChanged, context: HandlingContext, rows: inout PortalRows, say: inout Said) throws {
        rows.products[input.productID] = input
    }
}
