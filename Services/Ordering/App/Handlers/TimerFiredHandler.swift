import Foundation
import Messages
import Messaging
import StrictJSON

/// Sends a passed deadline to this service as a command, so that commands sent before it are decided first. If commands are missing because
/// the log was lost, it waits until they are republished.
struct TimerFiredHandler: Handler {
    func requestRows(for input: TimerFired, in rows: inout OrderRows) {
        if let (order, _) = Self.lapse(input) { rows.rowRequests.lapses.insert(order) }
    }

    func handle(_ input: TimerFired, context: HandlingContext, rows: inout OrderRows, output: inout HandlerOutput) throws {
        guard let (order, deadline) = Self.lapse(input) else { return }
        if rows.withMissingCommands.contains(order) { throw UpstreamIncomplete(key: order.lowercased) }
        try output.send(LapseOrder(orderID: order, deadline: deadline, dueAt: input.dueAt), key: order.lowercased)
    }

    /// The order and deadline of the timer; nil if it is not about an order.
    private static func lapse(_ input: TimerFired) -> (order: UUID, deadline: String)? {
        let procedure = "order."
        guard input.owner == OrderingHandlers.name, let id = UUID(uuidString: input.subject), input.purpose.hasPrefix(procedure) else {
            return nil
        }
        return (id, String(input.purpose.dropFirst(procedure.count)))
    }
}
