import Foundation
import Kernel
import Messages
import Messaging
import OrderingDomain

/// Lets an order lapse whose deadline has passed. What was left in time, or was never ours, is passed over: a timer may fire late or again.
struct TimerFiredHandler: Handler {
    func wants(_ input: TimerFired, in rows: inout OrderRows) {
        guard let (id, _) = Self.subject(of: input) else { return }
        rows.wantOrder(id)
    }

    func handle(_ input: TimerFired, context: HandlingContext, rows: inout OrderRows, say: inout Said) throws {
        guard let (id, deadline) = Self.subject(of: input), let order = rows.orders[id] else { return }
        let deciding = try rows.deciding(order, at: context.now)
        let change = try rows.decide(context) { ledger throws in
            try deciding.lapse(deadline, dueAt: input.dueAt, of: order, in: &ledger)
        }
        guard let change else { return }
        try rows.tell(change, isCommand: false, &say)
    }

    /// The order and the deadline, where the firing is for us.
    private static func subject(of input: TimerFired) -> (UUID, String)? {
        guard input.owner == OrderingContents.name, let id = UUID(uuidString: input.subject), input.purpose.hasPrefix("order.") else {
            return nil
        }
        return (id, String(input.purpose.dropFirst("order.".count)))
    }
}
