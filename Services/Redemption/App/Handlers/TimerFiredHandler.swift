import Foundation
import Messages
import Messaging

/// Hands a deadline that has passed on to itself as a command. Nothing is decided here: what is already on its way comes first, also what a lost
/// log held and what is being asked for.
struct TimerFiredHandler: Handler {
    func wants(_ input: TimerFired, in rows: inout RedemptionRows) {
        if let (order, _) = Self.lapse(input) { rows.wishes.lapses.insert(order) }
    }

    func handle(_ input: TimerFired, context: HandlingContext, rows: inout RedemptionRows, say: inout Said) throws {
        guard let (order, deadline) = Self.lapse(input) else { return }
        if rows.unsettled.contains(order) { throw PromisesMissing(key: order.lowercased) }
        try say.send(
            LapseRedemption(orderID: order, deadline: deadline, timer: input.name, dueAt: input.dueAt), key: order.lowercased)
    }

    /// The order and the deadline of a firing that is about a redemption.
    private static func lapse(_ input: TimerFired) -> (order: UUID, deadline: String)? {
        let procedure = "redemption."
        guard input.owner == RedemptionContents.name, let id = UUID(uuidString: input.subject), input.purpose.hasPrefix(procedure) else {
            return nil
        }
        return (id, String(input.purpose.dropFirst(procedure.count)))
    }
}
