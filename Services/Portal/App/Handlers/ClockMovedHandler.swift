import Messages
import Messaging

/// Stores the clock of a rehearsal, which gives commands their instant of receipt.
struct ClockMovedHandler: Handler {
    func requestRows(for input: ClockMoved, in rows: inout PortalRows) {}

    func handle(_ input: ClockMoved, context: HandlingContext, rows: inout PortalRows, output: inout HandlerOutput) throws {
        rows.clock = input.instant
    }
}
