import Foundation
import Messages
import Messaging

/// Hands a deadline that has passed on to itself as a command. Nothing is decided here: accepts that are already on their way come first, also
/// those that a lost log held and that are being asked for.
struct TimerFiredHandler: Handler {
    func wants(_ input: TimerFired, in rows: inout OrderRows) {
        if let (order, _) = Self.lapse(input) { rows.wishes.lapses.insert(order) }
    }

    func handle(_ input: TimerFired, context: HandlingContext, rows: inout OrderRows, say: inout Said) throws {
        guard let (order, deadline) = Self.lapse(input) else { return }
        if rows.unsettled.contains(order) { throw PromisesMissing(key: order.lowercased) }
        try say.send(LapseOrder(orderID: order, deadline: deadline, dueAt: input.dueAt), key: order.lowercased)
    }

    /// The order and the deadline of a firing that is about one.
    private static func lapse(_ input: TimerFired) -> (order: UUID, deadline: String)? {
        let procedure = "order."
        guard input.owner == OrderingContents.name, let id = UUID(uuidString: input.subject), input.purpose.hasPrefix(procedure) else {
            return nil
        }
        return (id, String(input.purpose.dropFirst(procedure.count)))
    }
}
