import Messages
import Messaging

/// Stores the public key that seals fields for payout.
struct PayoutKeyPublishedHandler: Handler {
    func requestRows(for input: PayoutKeyPublished, in rows: inout PortalRows) {}

    func handle(_ input: PayoutKeyPublished, context: HandlingContext, rows: inout PortalRows, output: inout HandlerOutput) throws {
        rows.sealingKeys.append((input, context.now))
    }
}
