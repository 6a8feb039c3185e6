import Messages
import Messaging

/// Keeps the key that fields for payout are sealed with.
struct PayoutKeyPublishedHandler: Handler {
    func wants(_ input: PayoutKeyPublished, in rows: inout PortalRows) {}

    func handle(_ input: PayoutKeyPublished, context: HandlingContext, rows: inout PortalRows, say: inout Said) throws {
        rows.sealingKeys.append((input, context.now))
    }
}
