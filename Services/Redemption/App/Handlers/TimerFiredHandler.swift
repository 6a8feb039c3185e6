import Foundation
import Messages
import Messaging
import StrictJSON

/// Sends a passed deadline to this service as a command, so that commands sent before it are decided first. If commands are missing because
/// the log was lost, it waits until they are republished.
struct TimerFiredHandler: Handler {
    func requestRows(for input: TimerFired, in rows: inout RedemptionRows) {
        if let (order, _) = Self.lapse(input) { rows.rowRequests.lapses.insert(order) }
    }

    func handle(_ input: TimerFired, context: HandlingContext, rows: inout RedemptionRows, output: inout HandlerOutput) throws {
        guard let (order, deadline) = Self.lapse(input) else { return }
        if rows.withMissingCommands.contains(order) { throw UpstreamIncomplete(key: order.lowercased) }
        try output.send(
            LapseRedemption(orderID: order, deadline: deadline, timer: input.name, dueAt: input.dueAt), key: order.lowercased)
    }

    /// The order and deadline of the timer; nil if it is not about a redemption.
    private static func lapse(_ input: TimerFired) -> (order: UUID, deadline: String)? {
        let procedure = "redemption."
        guard input.owner == RedemptionHandlers.name, let id = UUID(uuidString: input.subject), input.purpose.hasPrefix(procedure) else {
            return nil
        }
        return (id, String(input.purpose.dropFirst(procedure.count)))
    }
}
