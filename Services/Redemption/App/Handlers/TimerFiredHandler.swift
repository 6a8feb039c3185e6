import Foundation
import Messages
import Messaging

/// Hands a deadline that has passed on to itself as a command. Nothing is decided here: what is already on its way comes first.
struct TimerFiredHandler: Handler {
    func wants(_ input: TimerFired, in rows: inout RedemptionRows) {}

    func handle(_ input: TimerFired, context: HandlingContext, rows: inout RedemptionRows, say: inout Said) throws {
        let procedure = "redemption."
        guard input.owner == RedemptionContents.name, let id = UUID(uuidString: input.subject), input.purpose.hasPrefix(procedure) else {
            return
        }
        let deadline = String(input.purpose.dropFirst(procedure.count))
        try say.send(LapseRedemption(orderID: id, deadline: deadline, timer: input.name, dueAt: input.dueAt), key: id.lowercased)
    }
}
