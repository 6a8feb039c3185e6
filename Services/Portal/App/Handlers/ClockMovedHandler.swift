import Messages
import Messaging

/// Follows the clock of a rehearsal: commands are stamped with it.
struct ClockMovedHandler: Handler {
    func wants(_ input: ClockMoved, in rows: inout PortalRows) {}

    func handle(_ input: ClockMoved, context: HandlingContext, rows: inout PortalRows, say: inout Said) throws {
        rows.clock = input.instant
    }
}
