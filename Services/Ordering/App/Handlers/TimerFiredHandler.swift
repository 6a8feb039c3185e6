import Foundation
import Messages
import Messaging

/// Hands a deadline that has passed on to itself as a command. Nothing is decided here: accepts that are already on their way come first.
struct TimerFiredHandler: Handler {
    func wants(_ input: TimerFired, in rows: inout OrderRows) {}

    func handle(_ input: TimerFired, context: HandlingContext, rows: inout OrderRows, say: inout Said) throws {
        let procedure = "order."
        guard input.owner == OrderingContents.name, let id = UUID(uuidString: input.subject), input.purpose.hasPrefix(procedure) else {
            return
        }
        let deadline = String(input.purpose.dropFirst(procedure.count))
        try say.send(LapseOrder(orderID: id, deadline: deadline, dueAt: input.dueAt), key: id.lowercased)
    }
}
